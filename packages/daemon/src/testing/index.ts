/** For tests of plugins: a daemon in the process of the test. Not in the testkit, which has no native code. */
export { startTestDaemon, type TestDaemon, type TestDaemonOptions } from './test-daemon.ts';
