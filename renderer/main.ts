/** The interface's beginning: styles, connection, page. */
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { openPort } from './transport/open-port.ts';
import { Session } from './session/session.svelte.ts';

const target = document.querySelector('#app');
if (target) mount(App, { target, props: { session: new Session(openPort) } });
