// Run once before the tests, which run beside each other: installs what they need, and says what there is.
import { installNats, natsPrograms } from './nats-server.js';

installNats();
const programs = natsPrograms();
if (programs.length > 0) console.error(`nats-server: ${programs.map(({ version }) => version).join(', ')}`);
