import { afterEach, vi } from 'vitest';

// Test files share a process: a variable that a test sets would decide what those after it test.
afterEach(() => void vi.unstubAllEnvs());
