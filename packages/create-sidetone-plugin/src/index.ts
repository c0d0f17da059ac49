export { main } from './main.ts';
export { filesOf } from './generate.ts';
export { KINDS, LANGUAGES, type Choices, type Kind, type Language } from './choices.ts';
