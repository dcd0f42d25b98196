import { jest } from "@jest/globals";

/** Real parts take their time; the test bed has deadlines of its own, which say what was missing. */
jest.setTimeout(240_000);
