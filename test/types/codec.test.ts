import type { Observable } from 'rxjs';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { binary, json, observeWebSocket, several, text } from '../../src/index.node.js';
import type {
  Codec,
  JsonOptions,
  PathSegment,
  SchemaIssue,
  SchemaResult,
  Several,
  StandardSchema,
  WebSocketConnection,
} from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

const ofTrade = z.object({ price: z.number() });
const standard: StandardSchemaV1<string, Trade> = z.string().transform((price) => ({ price: Number(price) }));

describe('A codec', () => {
  it('gives a connection its types', () => {
    expectTypeOf(observeWebSocket({ url, codec: text() })).toEqualTypeOf<WebSocketConnection<string>>();
    expectTypeOf(observeWebSocket({ url, codec: binary() })).toEqualTypeOf<WebSocketConnection<Uint8Array>>();
    expectTypeOf(observeWebSocket({ url, codec: json<Trade, Command>() })).toEqualTypeOf<
      WebSocketConnection<Trade, Command>
    >();
    expectTypeOf<Codec<Trade>>().toEqualTypeOf<Codec<Trade, Trade>>();
  });

  it('that returns several messages is named by them', () => {
    const made: unknown = json();
    const several = made as Codec<Several<Trade>, Command>;
    const oneOrSeveral = made as Codec<Trade | Several<Trade>, Command>;
    const later = made as Codec<Promise<Several<Trade>>, Command>;

    expectTypeOf(observeWebSocket({ url, codec: several })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec: oneOrSeveral })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec: later })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
  });

  it('of your own does so too, and may return promises', () => {
    const codec = {
      encode: ({ op }: Command) => op,
      decode: (data: string | Uint8Array) => ({ price: data.length }),
    };
    const slow = { encode: String, decode: (data: string | Uint8Array) => Promise.resolve(data.length) };
    const foreign = { encode: String, decode: (data: string | Uint8Array): PromiseLike<number> => slow.decode(data) };

    expectTypeOf(codec).toExtend<Codec<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec: slow }).messages.asObservable()).toEqualTypeOf<Observable<number>>();
    expectTypeOf(observeWebSocket({ url, codec: foreign }).messages.asObservable()).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error -- a frame is a string or bytes
    const noFrame = () => observeWebSocket({ url, codec: { ...codec, encode: () => 5 } });
    // @ts-expect-error -- only one direction
    const noEncode = () => observeWebSocket({ url, codec: { decode: codec.decode } });
    expectTypeOf([noFrame, noEncode]).toBeArray();
  });

  it('may be made for each connection', () => {
    expectTypeOf(observeWebSocket({ url, codec: text })).toEqualTypeOf<WebSocketConnection<string>>();
    expectTypeOf(observeWebSocket({ url, codec: () => json<Trade, Command>() })).toEqualTypeOf<
      WebSocketConnection<Trade, Command>
    >();
    // @ts-expect-error -- makes no codec
    const noCodec = () => observeWebSocket<Trade>({ url, codec: () => 'json' });
    expectTypeOf(noCodec).toBeFunction();
  });

  it('may return several messages of one frame, or a promise of them', () => {
    const encode = ({ op }: Command) => op;
    const many = { encode, decode: (data: string | Uint8Array) => several([{ price: data.length }]) };
    const later = { encode, decode: (data: string | Uint8Array) => Promise.resolve(many.decode(data)) };
    const either = {
      encode,
      decode: (data: string | Uint8Array) => (data.length > 1 ? many.decode(data) : { price: data.length }),
    };

    expectTypeOf(many.decode('')).toEqualTypeOf<Several<Trade>>();
    expectTypeOf(observeWebSocket({ url, codec: many })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec: later })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec: () => many })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket({ url, codec: either })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket<Trade, Command>({ url, codec: many })).toBeObject();
    // @ts-expect-error -- several of something else
    const noStrings = () => observeWebSocket<string, Command>({ url, codec: many });
    // @ts-expect-error -- a number is not several
    const noMany = () => several(5);
    expectTypeOf([noStrings, noMany]).toBeArray();
  });

  it('agrees with the types that the connection is given', () => {
    // @ts-expect-error -- it makes strings
    const noTrades = () => observeWebSocket<Trade, string>({ url, codec: text() });
    // @ts-expect-error -- it sends strings
    const noCommands = () => observeWebSocket<string, Command>({ url, codec: text() });

    expectTypeOf([noTrades, noCommands]).toBeArray();
  });
});

describe('json', () => {
  it('is of any type that it is given', () => {
    expectTypeOf(json()).toEqualTypeOf<Codec<unknown>>();
    expectTypeOf(json({})).toEqualTypeOf<Codec<unknown>>();
    expectTypeOf(json({ schema: undefined })).toEqualTypeOf<Codec<unknown>>();
    expectTypeOf(json<Trade>()).toEqualTypeOf<Codec<Trade, Trade>>();
    expectTypeOf(json<Trade, Command>()).toEqualTypeOf<Codec<Trade, Command>>();
  });

  it('with a schema makes what the schema makes, and sends anything', () => {
    expectTypeOf(json({ schema: ofTrade })).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(json({ schema: v.object({ price: v.number() }) })).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(json({ schema: z.string().transform(Number) })).toEqualTypeOf<Codec<number, unknown>>();
    expectTypeOf(json({ schema: v.pipeAsync(v.string(), v.transform(Number)) })).toEqualTypeOf<
      Codec<number, unknown>
    >();
    expectTypeOf(json({ schema: standard })).toEqualTypeOf<Codec<Trade, unknown>>();
  });

  it('with a schema sends what the connection does', () => {
    const feed = observeWebSocket({ url, codec: json({ schema: ofTrade }) });
    const typed = observeWebSocket<Trade, Command>({ url, codec: json({ schema: ofTrade }) });
    const codec: Codec<Trade, Command> = json({ schema: ofTrade });

    expectTypeOf(feed).toEqualTypeOf<WebSocketConnection<Trade, unknown>>();
    expectTypeOf(feed.messages.next).toBeCallableWith({ op: 'subscribe' });
    expectTypeOf(typed).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(json<Trade, Command>({ schema: ofTrade })).toEqualTypeOf(codec);
    // @ts-expect-error -- not a command
    expectTypeOf(typed.messages.next).toBeCallableWith({ price: 1 });
  });

  it('with `split` makes what that returns, and sends anything', () => {
    const trades = json({ split: (frame: { trades: Trade[] }) => frame.trades });

    expectTypeOf(trades).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(json({ split: (frame: Trade[]) => new Set(frame) })).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(observeWebSocket({ url, codec: trades })).toEqualTypeOf<WebSocketConnection<Trade, unknown>>();
    expectTypeOf(json({ split: undefined })).toEqualTypeOf<Codec<unknown>>();
    expectTypeOf(json<Trade>({ schema: undefined, split: undefined })).toEqualTypeOf<Codec<Trade>>();
    expectTypeOf(observeWebSocket({ url, codec: json({ split: (frame) => frame.trades }) })).toBeObject();
  });

  it('with `split` is of any type that it or the connection is given', () => {
    expectTypeOf(json<Trade>({ split: (frame) => frame.trades })).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(json<Trade, Command>({ split: (frame) => frame.trades })).toEqualTypeOf<Codec<Trade, Command>>();
    expectTypeOf(
      observeWebSocket<Trade, Command>({ url, codec: json({ split: (frame) => frame.trades }) }),
    ).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
  });

  it('with `split` and a schema makes what the schema makes', () => {
    expectTypeOf(json({ schema: ofTrade, split: (frame) => frame.trades })).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(json({ schema: ofTrade, split: (frame: string[]) => frame })).toEqualTypeOf<Codec<Trade, unknown>>();
    expectTypeOf(json<Trade, Command>({ schema: ofTrade, split: (frame) => frame })).toEqualTypeOf<
      Codec<Trade, Command>
    >();
  });

  it('takes a `split` that returns several messages of the right type', () => {
    // @ts-expect-error -- a number is not several
    const noNumber = () => json({ split: () => 5 });
    // @ts-expect-error -- several of something else
    const noTrades = () => json<Trade>({ split: () => ['text'] });
    // @ts-expect-error -- several of something else than the connection's messages
    const noMessages = () => observeWebSocket<Trade, Command>({ url, codec: json({ split: () => ['text'] }) });

    expectTypeOf([noNumber, noTrades, noMessages]).toBeArray();
  });

  it('takes a schema of the right type alone', () => {
    // @ts-expect-error -- a schema of something else
    const noTrade = () => json<Trade>({ schema: z.string() });
    // @ts-expect-error -- a schema of something else than the connection's messages
    const noTrades = () => observeWebSocket<Trade, Command>({ url, codec: json({ schema: z.string() }) });
    // @ts-expect-error -- no schema
    const noSchema = () => json({ schema: z });
    // @ts-expect-error -- no such option
    const noOption = () => json({ schma: ofTrade });

    expectTypeOf([noTrade, noTrades, noSchema, noOption]).toBeArray();
  });
});

describe('A schema', () => {
  it('is any Standard Schema, or the part of one that is used', () => {
    expectTypeOf<StandardSchemaV1<unknown, Trade>>().toExtend<StandardSchema<Trade>>();
    expectTypeOf<StandardSchemaV1<string, Trade>>().toExtend<StandardSchema<Trade>>();
    expectTypeOf<StandardSchemaV1<Trade, string>>().not.toExtend<StandardSchema<Trade>>();
    expectTypeOf(ofTrade).toExtend<StandardSchema<Trade>>();
    expectTypeOf({ '~standard': { validate: () => ({ value: { price: 1 } }) } }).toExtend<StandardSchema<Trade>>();
    expectTypeOf<JsonOptions<Trade>['schema']>().toEqualTypeOf<StandardSchema<Trade> | undefined>();
  });

  it('has results, issues and paths as the specification has them', () => {
    expectTypeOf<SchemaResult<Trade>>().toEqualTypeOf<StandardSchemaV1.Result<Trade>>();
    expectTypeOf<SchemaIssue>().toEqualTypeOf<StandardSchemaV1.Issue>();
    expectTypeOf<PathSegment>().toEqualTypeOf<StandardSchemaV1.PathSegment>();
  });
});
