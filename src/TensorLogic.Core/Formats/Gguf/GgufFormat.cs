namespace TensorLogic.Formats.Gguf;

/// <summary>How files of the format are recognised, whatever their names.</summary>
internal static class GgufFormat
{
    public const string Signature = "\"GGUF\" in the first four bytes";

    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    public static bool IsFile(ReadOnlySpan<byte> start) => start.StartsWith(Magic);
}
