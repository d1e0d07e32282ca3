/*
 * As much of ONNX as the packer needs: protocol buffers on the wire, and the few fields that lead to constants.
 * https://protobuf.dev/programming-guides/encoding/ · https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE_OUTPUT = 2;
const NODE_TYPE = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_TENSOR = 5;
const ATTRIBUTE_GRAPH = 6;
const TENSOR_DIMENSION = 1;
const TENSOR_TYPE = 2;
const TENSOR_RAW = 9;
const FLOAT = 1;

/** A constant of the graph: 32-bit floats, row-major. */
export interface FloatTensor {
  /** Sizes, the slowest-moving first. */
  readonly shape: readonly number[];
  /** The numbers. */
  readonly values: Float32Array;
}

/** The float constants of one branch of the model's outermost `If`, by their names in that branch. */
export function branchConstants(model: Uint8Array, branch: string): Map<string, FloatTensor> {
  const graph = messages(model, MODEL_GRAPH)[0] ?? new Uint8Array();
  const condition = messages(graph, GRAPH_NODE).find((node) => texts(node, NODE_TYPE)[0] === "If");
  const attributes = condition ? messages(condition, NODE_ATTRIBUTE) : [];
  const attribute = attributes.find((candidate) => texts(candidate, ATTRIBUTE_NAME)[0] === branch);
  const body = attribute && messages(attribute, ATTRIBUTE_GRAPH)[0];
  if (!body) throw new Error(`The model has no If with a ${branch}`);
  return new Map(messages(body, GRAPH_NODE).flatMap(constantOf));
}

function constantOf(node: Uint8Array): [string, FloatTensor][] {
  if (texts(node, NODE_TYPE)[0] !== "Constant") return [];
  const tensor = messages(node, NODE_ATTRIBUTE).flatMap((attribute) => messages(attribute, ATTRIBUTE_TENSOR))[0];
  if (!tensor || numbers(tensor, TENSOR_TYPE)[0] !== FLOAT) return [];
  const raw = messages(tensor, TENSOR_RAW)[0]!;
  // A copy, since floats must lie on four bytes; not by `slice`, which on a Buffer copies nothing.
  const values = new Float32Array(new Uint8Array(raw).buffer);
  const name = texts(node, NODE_OUTPUT)[0]!.replace(/^.*__Inline_0__/, "");
  return [[name, { shape: numbers(tensor, TENSOR_DIMENSION), values }]];
}

function messages(message: Uint8Array, field: number): Uint8Array[] {
  return fields(message).flatMap((entry) =>
    entry.field === field && typeof entry.value !== "number" ? entry.value : [],
  );
}

function texts(message: Uint8Array, field: number): string[] {
  return messages(message, field).map((bytes) => new TextDecoder().decode(bytes));
}

function numbers(message: Uint8Array, field: number): number[] {
  return fields(message).flatMap((entry) =>
    entry.field === field && typeof entry.value === "number" ? entry.value : [],
  );
}

/** Every field of a message; fields of fixed width, which lead to no constant, are passed over. */
function fields(message: Uint8Array): { field: number; value: number | Uint8Array }[] {
  const found: { field: number; value: number | Uint8Array }[] = [];
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[position++];
      if (byte === undefined) throw new Error("The model ends in the middle of a number");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (position < message.length) {
    const key = varint();
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) found.push({ field, value: varint() });
    else if (wire === 1) position += 8;
    else if (wire === 5) position += 4;
    else if (wire === 2) {
      const length = varint();
      found.push({ field, value: message.subarray(position, (position += length)) });
    } else throw new Error(`The model has a field of unknown wire type ${wire}`);
  }
  return found;
}
