/** The desktop host's beginning. The bundle lies in `dist/hosts/`, two folders below package.json. */
import { app } from 'electron';
import { runDesktop } from './desktop.ts';

void runDesktop(app.getAppPath());
