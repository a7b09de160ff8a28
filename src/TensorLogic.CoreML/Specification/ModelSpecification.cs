using TensorLogic.CoreML.Specification.Classic;

namespace TensorLogic.CoreML.Specification;

/// <summary>The <c>Model</c> message: what a Core ML file holds, nothing resolved.</summary>
internal sealed record ModelSpecification
{
    /// <summary>Path of the file that was read, for errors.</summary>
    public required string File { get; init; }

    /// <summary>1 for iOS 11 to 10 for iOS 26.</summary>
    public required int SpecificationVersion { get; init; }

    public required ModelDescription Description { get; init; }

    public bool IsUpdatable { get; init; }

    public required ModelKind Kind { get; init; }

    /// <summary>The program of <see cref="ModelKind.MlProgram"/>.</summary>
    public MilProgram? Program { get; init; }

    /// <summary>The layers of the three neural network kinds.</summary>
    public NeuralNetworkSpecification? Network { get; init; }

    /// <summary>The message of the kinds that are no program, network or pipeline; null where it is not read.</summary>
    public ClassicSpecification? Classic { get; init; }

    /// <summary>The members of a pipeline, in order.</summary>
    public IReadOnlyList<ModelSpecification> Members { get; init; } = [];

    /// <summary>Names of the members, where the file gives them.</summary>
    public IReadOnlyList<string> MemberNames { get; init; } = [];
}

/// <summary>The <c>ModelDescription</c> message.</summary>
internal sealed record ModelDescription
{
    /// <summary>The functions, at least one. Files of one function describe it at the top; it is called <c>main</c> here.</summary>
    public required IReadOnlyList<FunctionDescription> Functions { get; init; }

    /// <summary>The function that runs when none is named; always one of <see cref="Functions"/>.</summary>
    public required string DefaultFunction { get; init; }

    public string ShortDescription { get; init; } = "";

    public string VersionString { get; init; } = "";

    public string Author { get; init; } = "";

    public string License { get; init; } = "";

    /// <summary>The file's own pairs, in file order.</summary>
    public IReadOnlyDictionary<string, string> UserDefined { get; init; } = new Dictionary<string, string>();

    /// <summary>The function of a name, or null.</summary>
    public FunctionDescription? Find(string name) => Functions.FirstOrDefault(function => function.Name == name);
}

/// <summary>What goes in and out of one function, and what a classifier calls its results.</summary>
internal sealed record FunctionDescription
{
    public required string Name { get; init; }

    public IReadOnlyList<FeatureDescription> Inputs { get; init; } = [];

    public IReadOnlyList<FeatureDescription> Outputs { get; init; } = [];

    /// <summary>States, each a tensor.</summary>
    public IReadOnlyList<FeatureDescription> States { get; init; } = [];

    /// <summary>The output that carries the predicted class or value; empty if there is none.</summary>
    public string PredictedFeatureName { get; init; } = "";

    /// <summary>The output that maps classes to probabilities; empty if there is none.</summary>
    public string PredictedProbabilitiesName { get; init; } = "";
}
