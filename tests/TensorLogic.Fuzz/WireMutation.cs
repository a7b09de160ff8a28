namespace TensorLogic.Fuzz;

/// <summary>Changes to protobuf messages that keep lengths right: fields changed, dropped, repeated, moved, and taken from elsewhere.</summary>
internal sealed class WireMutation
{
    private const int MaxDepth = 40;

    private sealed record Field(int Number, int Wire, ulong Value, byte[]? Bytes, List<Field>? Message);

    /// <summary>A changed message.</summary>
    public static byte[] Mutate(byte[] source, Random random)
    {
        if (random.Next(5) == 0 || Parse(source, 0) is not { } fields) return Mutation.Bytes(source, random);
        List<List<Field>> messages = [];
        Gather(fields, messages);
        for (int times = 1 + random.Next(3); times > 0; times--)
        {
            List<Field> message = messages[random.Next(messages.Count)];
            if (message.Count == 0) continue;
            int at = random.Next(message.Count);
            Field field = message[at];
            switch (random.Next(7))
            {
                case 0: message.RemoveAt(at); break;
                case 1: message.Insert(random.Next(message.Count + 1), field); break;
                case 2: message[at] = field with { Number = Math.Max(1, field.Number + random.Next(-2, 3)) }; break;
                case 3 when field.Wire == 2: message[at] = field with { Message = null, Bytes = Mutation.Bytes(field.Bytes ?? Encode(field.Message!), random) }; break;
                case 4:
                    List<Field> other = messages[random.Next(messages.Count)];
                    // A message put into itself would grow without end.
                    if (other.Count > 0 && other[random.Next(other.Count)] is { Message: null } taken) message.Add(taken);
                    break;
                case 5 when field.Bytes is { Length: > 0 } bytes: message[at] = field with { Bytes = bytes[..random.Next(bytes.Length)] }; break;
                default: message[at] = field.Wire == 2 ? field with { Wire = random.Next(3) == 0 ? 0 : 2 } : field with { Value = unchecked((ulong)Mutation.Number(random)) }; break;
            }
        }
        return Encode(fields);
    }

    private static void Gather(List<Field> message, List<List<Field>> all)
    {
        all.Add(message);
        foreach (Field field in message)
            if (field.Message is { } inner) Gather(inner, all);
    }

    private static List<Field>? Parse(ReadOnlySpan<byte> bytes, int depth)
    {
        List<Field> fields = [];
        int at = 0;
        while (at < bytes.Length)
        {
            if (!Varint(bytes, ref at, out ulong tag) || tag >> 3 is 0 or > int.MaxValue) return null;
            int number = (int)(tag >> 3), wire = (int)(tag & 7);
            ulong value = 0;
            switch (wire)
            {
                case 0:
                    if (!Varint(bytes, ref at, out value)) return null;
                    fields.Add(new(number, wire, value, null, null));
                    break;
                case 1 or 5:
                    int size = wire == 1 ? 8 : 4;
                    if (at + size > bytes.Length) return null;
                    for (int i = 0; i < size; i++) value |= (ulong)bytes[at + i] << 8 * i;
                    at += size;
                    fields.Add(new(number, wire, value, null, null));
                    break;
                case 2:
                    if (!Varint(bytes, ref at, out ulong length) || length > (ulong)(bytes.Length - at)) return null;
                    ReadOnlySpan<byte> payload = bytes.Slice(at, (int)length);
                    at += (int)length;
                    // Texts often look like messages; either view is a mutation.
                    List<Field>? message = depth < MaxDepth && payload.Length > 1 ? Parse(payload, depth + 1) : null;
                    fields.Add(new(number, wire, 0, message is null ? payload.ToArray() : null, message));
                    break;
                default: return null;
            }
        }
        return fields;
    }

    private static bool Varint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return true;
        }
        return false;
    }

    private static byte[] Encode(List<Field> fields)
    {
        List<byte> bytes = [];
        foreach (Field field in fields)
        {
            Varint(bytes, (ulong)field.Number << 3 | (uint)field.Wire);
            switch (field.Wire)
            {
                case 0: Varint(bytes, field.Value); break;
                case 1 or 5:
                    for (int i = 0; i < (field.Wire == 1 ? 8 : 4); i++) bytes.Add((byte)(field.Value >> 8 * i));
                    break;
                default:
                    byte[] payload = field.Bytes ?? (field.Message is { } message ? Encode(message) : []);
                    Varint(bytes, (ulong)payload.Length);
                    bytes.AddRange(payload);
                    break;
            }
        }
        return [.. bytes];
    }

    private static void Varint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
