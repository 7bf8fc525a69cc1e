/** The border between an interface and the core: everything that a renderer can ask for. */
import { answersContract } from './answers.ts';
import { appContract } from './app.ts';
import { chatsContract } from './chats.ts';
import { hostContract } from './host.ts';
import { modelsContract } from './models.ts';
import { settingsContract } from './settings.ts';

export const assistantContract = {
  app: appContract,
  answers: answersContract,
  chats: chatsContract,
  models: modelsContract,
  settings: settingsContract,
  host: hostContract,
} as const;
export type AssistantContract = typeof assistantContract;
