declare module 'asl-validator' {
  /** Structure of an Amazon States Language definition; changes its argument. */
  export default function validate(definition: object): { isValid: boolean; errorsText: () => string };
}
