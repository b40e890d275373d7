import { rmSync } from 'node:fs';
import { readSetup } from './consumer';

export default function tearDown(): void {
  rmSync(readSetup().folder, { recursive: true, force: true });
}
