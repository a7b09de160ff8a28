using System.Buffers.Binary;
using System.Text.Json;

namespace TensorLogic.Formats.SafeTensors;

/// <summary>How files of the format are recognised, whatever their names.</summary>
internal static class SafeTensorsFormat
{
    public const string Signature = "an 8-byte header length, then '{'; or a JSON object with \"weight_map\" for a sharded set";

    /// <summary>A header length that the format allows, then a header whose first character is <c>{</c>.</summary>
    /// <remarks>A length that passes the end of the file still counts: the reader then says that the file is cut short.</remarks>
    public static bool IsFile(ReadOnlySpan<byte> start)
    {
        if (start.Length < SafeTensorsLimits.LengthBytes) return false;
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length is 0 or > SafeTensorsLimits.HeaderBytes) return false;
        ReadOnlySpan<byte> header = start[SafeTensorsLimits.LengthBytes..];
        if (length < (ulong)header.Length) header = header[..(int)length];
        ReadOnlySpan<byte> rest = header.TrimStart(" \t\r\n"u8);
        return rest.IsEmpty ? length > (ulong)header.Length : rest[0] == (byte)'{';
    }

    /// <summary>A JSON object with an object <c>weight_map</c>; null where the text ends before that is settled.</summary>
    public static bool? IsIndex(ReadOnlySpan<byte> start, bool isWhole)
    {
        if (!start.TrimStart(" \t\r\n"u8).StartsWith("{"u8)) return false;
        Utf8JsonReader json = new(start, isWhole, default);
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth != 1 || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("weight_map"u8)) continue;
                if (!json.Read()) break;
                return json.TokenType == JsonTokenType.StartObject;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
        return isWhole ? false : null;
    }
}
