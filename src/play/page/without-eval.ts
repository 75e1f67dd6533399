import { z } from 'zod';

// Zod would try whether it may write code, which the page's policy refuses and browsers report as an error. Schemas
// settle that when they are made: this has to come before them.
z.config({ jitless: true });
