namespace TensorLogic;

/// <summary>What a model file says about itself.</summary>
public sealed record ModelMetadata
{
    /// <summary>The file format.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The file name without folders.</summary>
    public required string Name { get; init; }

    /// <summary>Paths of the files of a split or sharded set, its index included; empty for a model in one file or folder.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>What holds more than half of the weight bytes.</summary>
    public Quantization Quantization => Quantization.Of(WeightBytes);

    /// <summary>Bytes of weights by how they are stored.</summary>
    public IReadOnlyDictionary<Quantization, long> WeightBytes { get; init; } = new Dictionary<Quantization, long>();

    /// <summary>Number of weight tensors.</summary>
    public int TensorCount { get; init; }

    /// <summary>Number of weight elements, before any compression.</summary>
    public long ParameterCount { get; init; }

    /// <summary>Kind of model inside the format, such as <c>mlProgram</c>, <c>neuralNetworkClassifier</c> or a GGUF architecture.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Author, or empty.</summary>
    public string Author { get; init; } = "";

    /// <summary>Licence, or empty.</summary>
    public string License { get; init; } = "";

    /// <summary>One or two sentences, or empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>The author's version of the model, or empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>Version of the file format: Core ML's specification version, GGUF's 1 to 3; null where the format has none.</summary>
    public int? SpecificationVersion { get; init; }

    /// <summary>Oldest system that runs the file natively, such as <c>iOS 16, macOS 13</c>, or empty.</summary>
    public string MinimumOS { get; init; } = "";

    /// <summary>Number of operations (ML Program) or layers by type.</summary>
    public IReadOnlyDictionary<string, int> Operations { get; init; } = new Dictionary<string, int>();

    /// <summary>What a model of its kind has besides, in words by name: opset, members of a pipeline, preprocessing, class labels.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>The file's own key-value pairs in file order: strings; for GGUF also numbers in the type that the file has (<see cref="byte"/> to
    /// <see cref="ulong"/>, <see cref="float"/>, <see cref="double"/>), <see cref="bool"/> and lists (<see cref="IReadOnlyList{T}"/> of one of these,
    /// of <see cref="object"/> for lists of lists).</summary>
    public IReadOnlyDictionary<string, object> UserDefined { get; init; } = new Dictionary<string, object>();
}
