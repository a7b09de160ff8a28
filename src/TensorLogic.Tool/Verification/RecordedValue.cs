using System.Text.Json;

namespace TensorLogic.Tool.Verification;

/// <summary>Recorded values as features.</summary>
internal static class RecordedValue
{
    /// <summary>A value of <c>case.json</c>. A dictionary is <c>{"keys": [...], "values": [...]}</c>.</summary>
    /// <exception cref="InvalidDataException">Values of this kind are not stored as JSON.</exception>
    public static Feature Feature(JsonElement json, string kind) => kind switch
    {
        "string" => json.GetString()!,
        "int64" => json.GetInt64(),
        "double" => Number(json),
        "dictionary" => TensorLogic.Feature.Dictionary(json.GetProperty("keys").EnumerateArray().Zip(json.GetProperty("values").EnumerateArray(),
            (key, value) => KeyValuePair.Create(Key(key), Number(value)))),
        _ => throw new InvalidDataException($"An input of kind '{kind}' is not stored as JSON."),
    };

    /// <summary>A tensor; where the model takes a number, the tensor's only element.</summary>
    public static Feature Feature(ModelTensor stored, string kind)
    {
        Tensor tensor = stored.Read();
        if (kind is not ("double" or "int64")) return tensor;
        using (tensor) return kind == "double" ? Numbers.Of(tensor)[0] : (long)Numbers.Of(tensor)[0];
    }

    /// <summary>A number; NaN for anything else.</summary>
    public static double Number(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetDouble() : double.NaN;

    /// <summary>A key of a dictionary: a string or a <see cref="long"/>.</summary>
    public static object Key(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetInt64();
}
