using TensorLogic.CoreML.Specification;
using TensorLogic.Models.Classic;

namespace TensorLogic.CoreML.Lowering.Classic;

/// <summary>The features of a classic model as its evaluator needs them, and errors that name the place.</summary>
/// <param name="specification">The model.</param>
/// <param name="function">Its features.</param>
/// <param name="place">Path of the model in its file.</param>
/// <param name="limits">Bounds.</param>
internal sealed class ClassicScope(ModelSpecification specification, FunctionDescription function, string place, LoadLimits limits)
{
    // What an array of numbers may take while a model runs.
    private const int MostValues = 1 << 24;

    public IReadOnlyList<FeatureDescription> Inputs => function.Inputs;

    public IReadOnlyList<FeatureDescription> Outputs => function.Outputs;

    public LoadLimits Limits => limits;

    public ModelKind Kind => specification.Kind;

    /// <summary>An error in the message of the model.</summary>
    public ModelFormatException Broken(string field, string problem) => new(specification.File, problem, field: $"{place}.{ModelKinds.NameOf(specification.Kind)}.{field}");

    /// <summary>An error in the description of the model.</summary>
    public ModelFormatException BrokenDescription(string field, string problem) => new(specification.File, problem, field: $"{place}.description.{field}");

    public ModelLimitException TooMany(string what, Int128 found, Int128 limit) => new(specification.File, what, found, limit) { Remedy = "Raise LoadLimits if the model is trusted." };

    /// <summary>Number of values of all inputs together; null where one leaves it open.</summary>
    /// <exception cref="ModelFormatException">An input is neither a number nor an array.</exception>
    public int? VectorCount()
    {
        if (Inputs.Count == 0) throw BrokenDescription("input", "Expected inputs, found none.");
        long sum = 0;
        bool isOpen = false;
        foreach (FeatureDescription input in Inputs)
        {
            if (input.Type.Kind is not (FeatureKind.Double or FeatureKind.Int64 or FeatureKind.Tensor)) throw BrokenDescription("input", $"Expected numbers and arrays of numbers, found '{input}'.");
            if (Count(input) is { } count) sum = Math.Min(sum + count, int.MaxValue + 1L);
            else isOpen = true;
        }
        if (sum > MostValues) throw TooMany("Values of the inputs", sum, MostValues);
        return isOpen ? null : (int)sum;
    }

    /// <summary>Number of values of a feature: 1 of a number; null where an array leaves it open.</summary>
    public static long? Count(FeatureDescription feature) => feature.Type switch
    {
        TensorFeatureType { Tensor: { IsStatic: true, Rank: > 0 } type } => type.Shape.ElementCount,
        TensorFeatureType => null,
        _ => 1,
    };

    /// <summary>The only input.</summary>
    public FeatureDescription OneInput(params ReadOnlySpan<FeatureKind> kinds)
    {
        if (Inputs is not [var only]) throw BrokenDescription("input", $"Expected one input, found {Inputs.Count}.");
        return Check(only, "input", kinds);
    }

    /// <summary>The only output.</summary>
    public FeatureDescription OneOutput(params ReadOnlySpan<FeatureKind> kinds)
    {
        if (Outputs is not [var only]) throw BrokenDescription("output", $"Expected one output, found {Outputs.Count}.");
        return Check(only, "output", kinds);
    }

    /// <summary>The input of a name.</summary>
    public FeatureDescription Input(string field, string name, params ReadOnlySpan<FeatureKind> kinds) =>
        Check(Inputs.FirstOrDefault(input => input.Name == name) ?? throw Broken(field, $"Expected the name of an input, found '{name}'."), "input", kinds);

    /// <summary>The output of a name.</summary>
    public FeatureDescription Output(string field, string name, params ReadOnlySpan<FeatureKind> kinds) =>
        Check(Outputs.FirstOrDefault(output => output.Name == name) ?? throw Broken(field, $"Expected the name of an output, found '{name}'."), "output", kinds);

    private FeatureDescription Check(FeatureDescription feature, string field, ReadOnlySpan<FeatureKind> kinds)
    {
        if (!kinds.Contains(feature.Type.Kind)) throw BrokenDescription(field, $"Expected a {string.Join(" or ", kinds.ToArray())}, found '{feature}'.");
        return feature;
    }

    /// <summary>Checks that an output can hold so many numbers.</summary>
    public void CheckCount(FeatureDescription output, long count)
    {
        if (Count(output) is { } declared && declared != count) throw BrokenDescription("output", $"Expected {count} {(count == 1 ? "value" : "values")}, found '{output}'.");
    }

    /// <summary>Name of the output of a regressor with so many values.</summary>
    public string RegressorOutput(int count)
    {
        FeatureDescription output = function.PredictedFeatureName.Length > 0
            ? Outputs.First(output => output.Name == function.PredictedFeatureName)
            : OneOutput(FeatureKind.Double, FeatureKind.Int64, FeatureKind.Tensor);
        CheckOthers(output.Name);
        CheckCount(Check(output, "output", [FeatureKind.Double, FeatureKind.Int64, FeatureKind.Tensor]), count);
        return output.Name;
    }

    /// <summary>Labels and outputs of a classifier.</summary>
    public ClassOutputs ClassifierOutputs(IReadOnlyList<object>? labels)
    {
        if (labels is not { Count: > 0 }) throw Broken("ClassLabels", "Expected the labels of the classes, found none.");
        FeatureKind kind = labels[0] is string ? FeatureKind.String : FeatureKind.Int64;
        string label = function.PredictedFeatureName, probabilities = function.PredictedProbabilitiesName;
        if (label.Length == 0) label = Outputs.FirstOrDefault(output => output.Type is ScalarFeatureType)?.Name ?? "";
        if (probabilities.Length == 0) probabilities = Outputs.FirstOrDefault(output => output.Type is DictionaryFeatureType)?.Name ?? "";
        CheckOthers(label, probabilities);
        if (label.Length > 0) Check(Outputs.First(output => output.Name == label), "output", kind == FeatureKind.String ? [kind] : [kind, FeatureKind.Double, FeatureKind.Tensor]);
        if (probabilities.Length > 0 && Outputs.First(output => output.Name == probabilities) is { } dictionary && (dictionary.Type as DictionaryFeatureType)?.KeyKind != kind)
            throw BrokenDescription("output", $"Expected a dictionary with the labels as keys, which are of kind {kind}, found '{dictionary}'.");
        return new(labels, label, probabilities);
    }

    /// <summary>Checks that no output is declared but those of the names.</summary>
    public void CheckOthers(params ReadOnlySpan<string> names)
    {
        foreach (FeatureDescription output in Outputs)
            if (!names.Contains(output.Name)) throw BrokenDescription("output", $"Expected outputs that the model gives, found '{output.Name}'.");
    }

    /// <summary>A number of values as an int.</summary>
    public int Size(Int128 count, string what) => count > MostValues ? throw TooMany(what, count, MostValues) : (int)count;
}
