/**
 * Holds the shapes of this folder to the server's own description (schema.d.ts, generated): every operation used here
 * exists there, and an answer that fits our narrower shape fits the server's. Types only; a difference stops `tsc`.
 */
import type { WhyNode } from './explanation';
import type { paths as All } from './paths';
import type { paths as Theirs } from './schema';

/** A checklist and the rules are described by their own tests, on both sides. */
type Ours = Omit<All, '/checklists/{version}' | '/policy'>;

type Content<R> = R extends { content: infer C } ? C[keyof C] : never;
type Success<O> = O extends { responses: infer R } ? Content<R[Extract<keyof R, 200 | 201 | 202>]> : never;
type Body<O> = O extends { requestBody?: { content: infer C } } ? C[keyof C] : undefined;
type Operation<P, M extends string> = M extends keyof P ? P[M] : never;

/** Names of the operations that the server does not describe; must stay empty. */
type Missing = {
  [K in keyof Ours & string]: `/api/v1${K}` extends keyof Theirs ? never : K;
}[keyof Ours & string];

type Their<K extends keyof Ours & string> = `/api/v1${K}` extends keyof Theirs
  ? Theirs[`/api/v1${K}`]
  : never;

/** Names whose answer, read in our shape, would not be one of the server's. */
type Unlike<M extends 'get' | 'post'> = {
  [K in keyof Ours & string]: Operation<Ours[K], M> extends never
    ? never
    : Success<Operation<Ours[K], M>> extends Success<Operation<Their<K>, M>>
      ? never
      : K;
}[keyof Ours & string];

/** Names whose request the server would not take. */
type Refused = {
  [K in keyof Ours & string]: Body<Operation<Ours[K], 'post'>> extends Body<Operation<Their<K>, 'post'>>
    ? never
    : K;
}[keyof Ours & string];

/** Fields that we read and the server never sends, by the path to them. */
type Extra<O, T, At extends string = ''> = unknown extends T
  ? never
  : NonNullable<O> extends readonly (infer I)[]
    ? NonNullable<T> extends readonly (infer U)[]
      ? Extra<I, U, `${At}[]`>
      : At
    : NonNullable<O> extends string | number | boolean | WhyNode // a node holds nodes without end
      ? never
      : string extends keyof NonNullable<T>
        ? never
        : {
            [K in keyof NonNullable<O> & string]: K extends keyof NonNullable<T>
              ? Extra<NonNullable<O>[K], NonNullable<T>[K], `${At}.${K}`>
              : `${At}.${K}`;
          }[keyof NonNullable<O> & string];

type Invented = {
  [K in keyof Ours & string]: Extra<
    Success<Operation<Ours[K], 'get'>>,
    Success<Operation<Their<K>, 'get'>>,
    K
  >;
}[keyof Ours & string];

type Nothing<T extends never> = T;

export type Checked = [
  Nothing<Missing>,
  Nothing<Unlike<'get'>>,
  Nothing<Unlike<'post'>>,
  Nothing<Refused>,
  Nothing<Invented>,
];
