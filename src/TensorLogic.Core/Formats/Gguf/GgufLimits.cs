namespace TensorLogic.Formats.Gguf;

/// <summary>Bounds of the format itself; those a caller may change are in <see cref="LoadLimits"/>.</summary>
internal static class GgufLimits
{
    /// <summary>The newest version of the format.</summary>
    public const uint Version = 3;

    /// <summary>The longest metadata key that the format text allows.</summary>
    public const int KeyBytes = ushort.MaxValue;

    /// <summary>The longest tensor name that the format text allows. ggml itself stops one byte earlier.</summary>
    public const int NameBytes = 64;

    /// <summary>Axes of a tensor.</summary>
    public const int Axes = 4;

    /// <summary>Where data begin if the file does not say otherwise: at multiples of this.</summary>
    public const int Alignment = 32;

    /// <summary>A larger alignment is none that a file was written with; the sum with any position stays within 64 bits.</summary>
    public const uint GreatestAlignment = 1 << 30;

    /// <summary>What one described tensor costs in memory: entry, name, sizes, place in the dictionary.</summary>
    public const int TensorCost = 640;

    /// <summary>What one metadata pair costs in memory besides its texts and lists.</summary>
    public const int PairCost = 224;

    /// <summary>What one text costs in memory besides its characters.</summary>
    public const int TextCost = 32;

    /// <summary>What one list costs in memory besides its items.</summary>
    public const int ListCost = 96;
}
