/**
 * The only code between the page and Electron: one function that hands over a port. Ports can't
 * cross the context bridge, so they travel as window messages (Electron's guide "MessagePorts").
 */
import { contextBridge, ipcRenderer } from 'electron';
import {
  mainPortChannel,
  pageBridgeName,
  pagePortMessage,
  type PageBridge,
} from '../contract/page-port.ts';

const bridge: PageBridge = {
  requestPort: () => {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(mainPortChannel, null, [port1]);
    window.postMessage(pagePortMessage, window.location.origin, [port2]);
  },
};

contextBridge.exposeInMainWorld(pageBridgeName, bridge);
