using System.Globalization;

namespace TensorLogic.Models.Classic;

/// <summary>One evaluation: inputs of the declared kinds, and outputs that are converted to theirs.</summary>
/// <param name="model">Name of the model, for errors.</param>
/// <param name="inputs">What the model declares.</param>
/// <param name="outputs">What the model declares.</param>
/// <param name="given">Bound features by name; an optional input that was left out has none.</param>
/// <param name="cancellation">Ends long evaluations early.</param>
internal sealed class ClassicCall(string model, IReadOnlyList<FeatureDescription> inputs, IReadOnlyList<FeatureDescription> outputs, IReadOnlyDictionary<string, Feature> given, CancellationToken cancellation)
{
    public string Model { get; } = model;

    public CancellationToken Cancellation { get; } = cancellation;

    public IReadOnlyList<FeatureDescription> Inputs { get; } = inputs;

    public IReadOnlyList<FeatureDescription> Outputs { get; } = outputs;

    /// <summary>What was set so far.</summary>
    public Features Results { get; } = new();

    /// <summary>An input, or null if an optional one was left out.</summary>
    public Feature? Find(string name) => name.Length == 0 ? null : given.GetValueOrDefault(name);

    /// <summary>An input that must be there.</summary>
    /// <exception cref="FeatureException">It is missing.</exception>
    public Feature Input(string name) => Find(name) ?? throw new FeatureException(name, $"The input '{name}' is missing.") { Place = Model };

    /// <summary>The numbers of an input: one of a number, all of a tensor.</summary>
    public double[] Numbers(string name) => NumbersOf(Input(name), name);

    /// <summary>The numbers of a feature: one of a number, all of a tensor.</summary>
    /// <exception cref="FeatureException">It has none.</exception>
    public double[] NumbersOf(Feature feature, string name) => feature.Kind switch
    {
        FeatureKind.Tensor => TensorConversion.ReadDoubles(feature.AsTensor()),
        FeatureKind.Double => [feature.AsDouble()],
        FeatureKind.Int64 => [feature.AsInt64()],
        _ => throw WrongKind(name, feature.Kind, "numbers"),
    };

    /// <summary>All numeric inputs one after another, in declared order; NaN where an optional one was left out.</summary>
    public double[] Vector()
    {
        if (Inputs is [var only] && Find(only.Name) is { } single) return NumbersOf(single, only.Name);
        List<double> vector = new(Inputs.Count);
        foreach (FeatureDescription input in Inputs)
        {
            if (Find(input.Name) is { } feature) vector.AddRange(NumbersOf(feature, input.Name));
            else vector.AddRange(Enumerable.Repeat(double.NaN, Width(input)));
        }
        return [.. vector];
    }

    private static int Width(FeatureDescription input) =>
        input.Type is TensorFeatureType { Tensor: { IsStatic: true, Rank: > 0 } type } ? (int)Math.Min(type.Shape.ElementCount, int.MaxValue) : 1;

    /// <summary>Checks the number of values that a model takes.</summary>
    /// <exception cref="ShapeException">Another number was given.</exception>
    public void CheckCount(int found, int expected)
    {
        if (found != expected)
            throw new ShapeException { Operator = "predict", Node = Model, Input = string.Join(", ", Inputs.Select(input => input.Name)), Actual = $"{found} numbers", Expected = $"{expected} numbers" };
    }

    /// <summary>Sets an output to numbers, in the kind and shape that it declares.</summary>
    /// <param name="name">Name of the output.</param>
    /// <param name="values">The numbers in row-major order.</param>
    /// <param name="shape">Their shape where the output does not declare one; empty: one axis.</param>
    public void Set(string name, ReadOnlySpan<double> values, params ReadOnlySpan<int> shape)
    {
        switch (Output(name).Type)
        {
            case TensorFeatureType declared:
                Tensor tensor = Tensor.Create(declared.Tensor.ElementType, ShapeOf(declared, values.Length, shape));
                TensorConversion.Write(tensor, values);
                Results[name] = tensor;
                break;
            case ScalarFeatureType { Kind: FeatureKind.Double }:
                CheckSingle(name, values.Length);
                Results[name] = values[0];
                break;
            case ScalarFeatureType { Kind: FeatureKind.Int64 }:
                CheckSingle(name, values.Length);
                Results[name] = ToInteger(values[0]) ?? throw new FeatureException(name, string.Create(CultureInfo.InvariantCulture, $"The output '{name}' is an integer, but the result is {values[0]}.")) { Place = Model };
                break;
            case var other:
                throw WrongOutput(name, "numbers", other);
        }
    }

    /// <summary>Sets an output to a string or an integer.</summary>
    public void SetLabel(string name, object label)
    {
        FeatureType declared = Output(name).Type;
        Results[name] = (label, declared.Kind) switch
        {
            (string text, FeatureKind.String) => text,
            (long number, FeatureKind.Int64) => number,
            (long number, FeatureKind.Double) => (double)number,
            (long number, FeatureKind.Tensor) => Single(number, ((TensorFeatureType)declared).Tensor.ElementType),
            _ => throw WrongOutput(name, label is string ? "a string" : "an integer", declared),
        };
    }

    /// <summary>Sets an output to a dictionary or a sequence.</summary>
    public void Set(string name, Feature feature)
    {
        if (Output(name).Type is var declared && declared.Kind != feature.Kind) throw WrongOutput(name, $"a {feature.Kind}", declared);
        Results[name] = feature;
    }

    /// <summary>The value as an integer, or null if that would change it.</summary>
    public static long? ToInteger(double value) => value >= -9.2233720368547758e18 && value < 9.2233720368547758e18 && Math.Truncate(value) == value ? (long)value : null;

    /// <summary>An error that says what an input is and what it should be.</summary>
    public FeatureException WrongKind(string name, FeatureKind found, string expected) => new(name, $"The input '{name}' is a {found}, expected {expected}.") { Place = Model };

    private static Tensor Single(double value, ElementType type)
    {
        Tensor tensor = Tensor.Create(type, [1]);
        TensorConversion.Write(tensor, [value]);
        return tensor;
    }

    private FeatureDescription Output(string name) => Outputs.FirstOrDefault(output => output.Name == name)
        ?? throw new FeatureException(name, $"The model has no output '{name}'.") { Place = Model };

    private static Shape ShapeOf(TensorFeatureType declared, int count, ReadOnlySpan<int> natural)
    {
        if (natural.Length > 0) return Shape.Create(natural);
        if (declared.Tensor is { IsStatic: true, Rank: > 0 } type && type.Shape.ElementCount == count) return type.Shape;
        return [count];
    }

    private void CheckSingle(string name, int count)
    {
        if (count != 1) throw new ShapeException { Operator = "predict", Node = Model, Input = name, Actual = $"{count} numbers", Expected = "one number" };
    }

    private FeatureException WrongOutput(string name, string found, FeatureType declared) =>
        new(name, $"The output '{name}' is declared as {declared}, but the model gives {found}.") { Place = Model };
}
