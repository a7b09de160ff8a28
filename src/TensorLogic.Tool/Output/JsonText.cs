using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TensorLogic.Tool.Output;

/// <summary>JSON for standard output and for metadata of files.</summary>
internal static class JsonText
{
    /// <summary>What a writer writes, as text. Letters of every alphabet stand as they are; control characters are escaped.</summary>
    public static string Write(Action<Utf8JsonWriter> content, bool indented = true)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new() { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            content(writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>A number; what JSON cannot express is the string <c>"NaN"</c>, <c>"Infinity"</c> or <c>"-Infinity"</c>.</summary>
    public static void Number(this Utf8JsonWriter json, double value)
    {
        if (double.IsNaN(value)) json.WriteStringValue("NaN");
        else if (double.IsInfinity(value)) json.WriteStringValue(value > 0 ? "Infinity" : "-Infinity");
        else json.WriteNumberValue(value);
    }

    /// <summary>A text property, left out where it is empty.</summary>
    public static void OptionalString(this Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0) json.WriteString(name, text);
    }

    /// <summary>A value of a model's user-defined pairs: string, number, truth value, or list of these.</summary>
    public static void Value(this Utf8JsonWriter json, object value, int depth = 0)
    {
        switch (value)
        {
            case string text: json.WriteStringValue(text); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case byte or sbyte or ushort or short or uint or int or long: json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case ulong number: json.WriteNumberValue(number); break;
            case float number: json.Number(number); break;
            case double number: json.Number(number); break;
            case IEnumerable<object> items when depth < 60: List(items); break;
            case System.Collections.IEnumerable items when depth < 60: List(items.Cast<object>()); break;
            default: json.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)); break;
        }

        void List(IEnumerable<object> items)
        {
            json.WriteStartArray();
            foreach (object item in items) json.Value(item, depth + 1);
            json.WriteEndArray();
        }
    }
}
