/** The border between an interface and the core: everything that a renderer can ask for. */
import { answersContract } from './answers.ts';
import { appContract } from './app.ts';
import { chatsContract } from './chats.ts';
import { hardwareContract } from './hardware.ts';
import { hostContract } from './host.ts';
import { inspectionContract } from './inspection.ts';
import { modelsContract } from './models.ts';
import { plansContract } from './plans.ts';
import { routingContract } from './routing.ts';
import { settingsContract } from './settings.ts';

export const assistantContract = {
  app: appContract,
  answers: answersContract,
  chats: chatsContract,
  models: modelsContract,
  inspection: inspectionContract,
  hardware: hardwareContract,
  plans: plansContract,
  routing: routingContract,
  settings: settingsContract,
  host: hostContract,
} as const;
export type AssistantContract = typeof assistantContract;
