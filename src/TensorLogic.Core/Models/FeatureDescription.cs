using System.Collections.Immutable;

namespace TensorLogic;

/// <summary>A named input, output or state of a model and what it accepts.</summary>
public sealed record FeatureDescription
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Kind, element type, sizes.</summary>
    public required FeatureType Type { get; init; }

    /// <summary>True for an input that may be left out.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The author's words, or empty.</summary>
    public string Description { get; init; } = "";

    /// <summary><c>x: f16[1, 1, 28, 28]</c>.</summary>
    public override string ToString() => $"{Name}: {Type}{(IsOptional ? "?" : "")}";
}

/// <summary>Kind, element type and sizes of a feature.</summary>
public abstract record FeatureType(FeatureKind Kind);

/// <summary>A multi-dimensional array.</summary>
/// <param name="Tensor">Element type and sizes; a flexible size is a symbol or unknown.</param>
public sealed record TensorFeatureType(TensorType Tensor) : FeatureType(FeatureKind.Tensor)
{
    /// <summary>The shapes allowed, where the file enumerates them; else empty.</summary>
    public ImmutableArray<Shape> EnumeratedShapes { get; init; } = [];

    /// <summary>The least and greatest size of each axis (greatest -1: unbounded), where the file gives ranges; else empty.</summary>
    public ImmutableArray<(long Least, long Greatest)> Ranges { get; init; } = [];

    /// <summary>The shape to take where none is given, or null.</summary>
    public Shape? DefaultShape { get; init; }

    /// <summary>The value of every element where the input is left out, or null.</summary>
    public double? DefaultValue { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Tensor.ToString();
}

/// <summary>Order of an image's channels.</summary>
public enum ColorLayout
{
    /// <summary>One channel, 8 bits.</summary>
    Grayscale,
    /// <summary>One channel, 16-bit float.</summary>
    GrayscaleFloat16,
    /// <summary>Red, green, blue, 8 bits each.</summary>
    Rgb,
    /// <summary>Blue, green, red, 8 bits each. Pictures are given in RGB order all the same; the library reorders them.</summary>
    Bgr,
}

/// <summary>An image.</summary>
/// <param name="Width">Declared width in pixels.</param>
/// <param name="Height">Declared height in pixels.</param>
/// <param name="Layout">Channels.</param>
public sealed record ImageFeatureType(int Width, int Height, ColorLayout Layout) : FeatureType(FeatureKind.Image)
{
    /// <summary>Other sizes allowed (width, height), where the file enumerates them; else empty.</summary>
    public ImmutableArray<(int Width, int Height)> EnumeratedSizes { get; init; } = [];

    /// <summary>Range of widths (greatest -1: unbounded), or null.</summary>
    public (long Least, long Greatest)? WidthRange { get; init; }

    /// <summary>Range of heights (greatest -1: unbounded), or null.</summary>
    public (long Least, long Greatest)? HeightRange { get; init; }

    /// <summary><c>image 224x224 RGB</c>.</summary>
    public override string ToString() => $"image {Width}x{Height} {(Layout is ColorLayout.Rgb or ColorLayout.Bgr ? Layout.ToString().ToUpperInvariant() : Layout.ToString())}";
}

/// <summary>A string, an integer or a number.</summary>
public sealed record ScalarFeatureType(FeatureKind Kind) : FeatureType(Kind)
{
    /// <inheritdoc/>
    public override string ToString() => Kind.ToString();
}

/// <summary>Numbers by key.</summary>
/// <param name="KeyKind"><see cref="FeatureKind.String"/> or <see cref="FeatureKind.Int64"/>.</param>
public sealed record DictionaryFeatureType(FeatureKind KeyKind) : FeatureType(FeatureKind.Dictionary)
{
    /// <inheritdoc/>
    public override string ToString() => $"dictionary<{KeyKind}, Double>";
}

/// <summary>A list of strings or integers.</summary>
/// <param name="ItemKind"><see cref="FeatureKind.String"/> or <see cref="FeatureKind.Int64"/>.</param>
public sealed record SequenceFeatureType(FeatureKind ItemKind) : FeatureType(FeatureKind.Sequence)
{
    /// <inheritdoc/>
    public override string ToString() => $"sequence<{ItemKind}>";
}
