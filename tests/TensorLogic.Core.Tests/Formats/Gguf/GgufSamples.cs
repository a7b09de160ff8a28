using System.Security.Cryptography;
using System.Text.Json;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Files with known content.</summary>
internal static class GgufSamples
{
    public static string Path(params string[] parts) => TestData.Path(["gguf", .. parts]);

    /// <summary>A list of a description, each item on its own.</summary>
    public static List<JsonElement> List(string folder, string file, string property)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path(folder, file)));
        return [.. document.RootElement.GetProperty(property).EnumerateArray().Select(item => item.Clone())];
    }

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A file of one f32 tensor <c>t</c> and one u32 pair <c>n</c>, byte by byte as the format text has it.</summary>
    /// <param name="version">1 has lengths of 32 bits.</param>
    /// <param name="sizes">Sizes of the tensor, innermost first.</param>
    /// <param name="offset">Where it says that its data begin.</param>
    /// <param name="data">The data that follow.</param>
    public static byte[] Make(uint version = 3, ulong[]? sizes = null, ulong offset = 0, int data = 8)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        sizes ??= [2];
        writer.Write("GGUF"u8);
        writer.Write(version);
        Length(1);
        Length(1);
        Length(1);
        writer.Write("n"u8);
        writer.Write((uint)GgufValueType.UInt32);
        writer.Write(7u);
        Length(1);
        writer.Write("t"u8);
        writer.Write((uint)sizes.Length);
        foreach (ulong size in sizes) Length(size);
        writer.Write(0u);
        writer.Write(offset);
        while (stream.Length % 32 != 0) writer.Write((byte)0);
        writer.Write(new byte[data]);
        return stream.ToArray();

        void Length(ulong value)
        {
            if (version == 1) writer.Write((uint)value);
            else writer.Write(value);
        }
    }
}
