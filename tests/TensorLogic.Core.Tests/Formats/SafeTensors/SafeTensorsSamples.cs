using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>The recorded files, what the reference reader says about them, and files made by hand.</summary>
internal static class SafeTensorsSamples
{
    public static string Valid(string name) => TestData.Path("safetensors", "valid", name);

    public static IReadOnlyList<JsonElement> Expected(string folder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("safetensors", folder, "expected.json")));
        return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(file => file.Clone())];
    }

    public static IEnumerable<TestCaseData> Cases(string folder) =>
        Expected(folder).Select(file => new TestCaseData(file).SetArgDisplayNames(file.GetProperty("file").GetString()!));

    /// <summary>A file with this header, as it stands, and data of zeros.</summary>
    public static byte[] Make(string header, int dataBytes = 0)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }

    /// <summary>Reads a file that exists only in memory.</summary>
    public static SafeTensorsHeader Read(ReadOnlySpan<byte> file, LoadLimits? limits = null) =>
        SafeTensorsReader.Read(file, file.Length, "sample.safetensors", limits ?? LoadLimits.Default);

    /// <summary>What an action throws, or null: for files of which both outcomes are in order.</summary>
    public static Exception? ErrorOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
