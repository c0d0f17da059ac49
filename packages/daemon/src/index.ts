export { startDaemon, type Daemon, type DaemonOptions } from './daemon.ts';
export { loadConfig, parseConfig, type LoadedConfig } from './config/load.ts';
export { configSchema, type Config } from './config/schema.ts';
export { createLog, type LogLevel } from './log.ts';
