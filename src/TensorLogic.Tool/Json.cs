using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TensorLogic.Tool;

/// <summary>JSON results: indented, for people and programs alike.</summary>
internal static class Json
{
    public static void Write(TextWriter output, Action<Utf8JsonWriter> write) => output.WriteLine(Text(write, indented: true));

    /// <summary>JSON as text. Numbers that JSON has no form for become null.</summary>
    public static string Text(Action<Utf8JsonWriter> write, bool indented = false)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(writer);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static void Number(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}
