/** Waiting: semaphores, kept connections, what comes before a push. The door of this room. */
export { beforehand, retold } from './beforehand.ts';
export { type KeptConnection, KeptConnections } from './kept-connections.ts';
export { type Release, Semaphore } from './semaphore.ts';
