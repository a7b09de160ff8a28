using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>One operation being lowered: its parameters as graph values or as constants, and where its results go.</summary>
internal sealed class MilCall(MilOperation operation, MilScope scope)
{
    // 2^34 elements of f16 are 32 GiB. A program that fills or pads so far does not mean it.
    private const long MostElements = 1L << 34;

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public MilOperation Operation => operation;

    /// <summary>Lowers the operation by its rule, which must ask for every parameter that is given.</summary>
    /// <exception cref="ModelFormatException">The operation has a parameter or a block that operations of its type do not have, or inputs that do not fit.</exception>
    public void Apply(MilRules.Rule rule)
    {
        if (operation.Blocks.Count > 0 && operation.Type is not ("cond" or "while_loop")) throw operation.Broken($"It has a block, which '{operation.Type}' does not take.");
        try
        {
            rule(this);
        }
        catch (ShapeException error)
        {
            // No caller's tensor is at fault here, the file is.
            throw operation.Broken($"Its input '{error.Input}' is {error.Actual}, expected {error.Expected}.");
        }
        foreach (string parameter in operation.Inputs.Keys)
            if (!_asked.Contains(parameter))
                throw operation.Broken($"It has the parameter '{parameter}', which '{operation.Type}' does not take.");
    }

    public bool Has(string parameter) => Binding(parameter) is not null;

    /// <summary>A parameter as a value of the graph.</summary>
    /// <exception cref="ModelFormatException">It is missing, or unknown, or no tensor.</exception>
    public Value Value(string parameter) => OptionalValue(parameter) ?? throw operation.Broken($"The parameter '{parameter}' is missing.");

    public Value? OptionalValue(string parameter) => Binding(parameter) is { } binding ? Value(parameter, binding) : null;

    /// <summary>A parameter that is a list of values, such as <c>values</c> of <c>concat</c>.</summary>
    public Value[] Values(string parameter)
    {
        _asked.Add(parameter);
        return operation.Inputs.TryGetValue(parameter, out IReadOnlyList<MilBinding>? bindings) && bindings.Count > 0
            ? [.. bindings.Select(binding => Value(parameter, binding))]
            : throw operation.Broken($"The parameter '{parameter}' is missing.");
    }

    private Value Value(string parameter, MilBinding binding)
    {
        if (binding.Value is { } constant)
            return constant is MilTensorValue tensor ? scope.Constant($"{operation.Name}.{parameter}", tensor) : throw operation.Broken($"The parameter '{parameter}' is {constant.Type}, not a tensor.");
        return scope.Find(binding.Name!) ?? throw operation.Broken($"The parameter '{parameter}' names '{binding.Name}', which is no tensor made before.");
    }

    private MilBinding? Binding(string parameter)
    {
        _asked.Add(parameter);
        if (operation.Input(parameter) is { } binding) return binding;
        // Operations on compressed weights keep their parameters among the attributes.
        return operation.Attributes.TryGetValue(parameter, out MilValue? attribute) ? new MilBinding(attribute) : null;
    }

    /// <summary>The constant that a parameter is bound to, or null if it is left out.</summary>
    /// <exception cref="UnsupportedOperatorException">It is computed.</exception>
    public MilValue? Constant(string parameter)
    {
        return Binding(parameter) is { } binding ? Constant(parameter, binding) : null;
    }

    private MilValue Constant(string parameter, MilBinding binding)
    {
        if (binding.Value is { } constant) return constant;
        return scope.Constant(binding.Name!) ?? throw operation.Broken($"Its parameter '{parameter}' must be constant; '{binding.Name}' is computed.");
    }

    public string Place => $"{operation.File} > {operation.Location}: {operation.Type} '{operation.Name}'";

    public string Text(string parameter, string? otherwise = null) =>
        Constant(parameter) is { } constant
            ? constant.Text ?? throw operation.Broken($"The parameter '{parameter}' is {constant.Type}, not a string.")
            : otherwise ?? throw operation.Broken($"The parameter '{parameter}' is missing.");

    public double Number(string parameter, double? otherwise = null) => Numbers(parameter) switch
    {
        null => otherwise ?? throw operation.Broken($"The parameter '{parameter}' is missing."),
        [var only] => only,
        var several => throw operation.Broken($"The parameter '{parameter}' has {several.Length} elements, not one."),
    };

    public int Integer(string parameter, int? otherwise = null)
    {
        double number = Number(parameter, otherwise);
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw operation.Broken($"The parameter '{parameter}' is {number}.");
    }

    public bool Flag(string parameter, bool otherwise = false) => Number(parameter, otherwise ? 1 : 0) != 0;

    /// <summary>The integers (or truth values, as 0 and 1) of a parameter; empty if it is left out.</summary>
    public Ints Integers(string parameter) =>
        Numbers(parameter) is { } numbers ? [.. numbers.Select(number => (int)Math.Clamp(number, int.MinValue, int.MaxValue))] : [];

    private double[]? Numbers(string parameter)
    {
        _asked.Add(parameter);
        // A tuple of numbers has a binding for each.
        if (operation.Inputs.TryGetValue(parameter, out IReadOnlyList<MilBinding>? several) && several.Count > 1) return [.. several.SelectMany(binding => Numbers(parameter, Constant(parameter, binding)))];
        return Constant(parameter) is { } constant ? Numbers(parameter, constant) : null;
    }

    private double[] Numbers(string parameter, MilValue constant)
    {
        if (constant is not MilTensorValue numbers) throw operation.Broken($"The parameter '{parameter}' is {constant.Type}, not numbers.");
        if (numbers.ElementCount > ushort.MaxValue) throw operation.Broken($"The parameter '{parameter}' has {numbers.ElementCount} elements.");
        using Tensor tensor = numbers.Read();
        return TensorConversion.ReadDoubles(tensor);
    }

    /// <summary>Adds the operator that the operation stands for; its outputs get the operation's names.</summary>
    public void Emit(Operator @operator, OperatorAttributes attributes, params IReadOnlyList<Value?> inputs) => Emit(@operator, attributes, [], inputs);

    /// <summary>Adds an operator with bodies.</summary>
    public void Emit(Operator @operator, OperatorAttributes attributes, Graph[] bodies, params IReadOnlyList<Value?> inputs)
    {
        int given = inputs.Count;
        while (given > 0 && inputs[given - 1] is null) given--;
        Node node = scope.Builder.AddNode(operation.Name.Length > 0 ? operation.Name : operation.Type, @operator, attributes, [.. inputs.Take(given)], [.. operation.Outputs.Select(output => output.Name)], bodies);
        if (node.Outputs.Count < operation.Outputs.Count) throw operation.Broken($"It has {operation.Outputs.Count} outputs; '{operation.Type}' gives {node.Outputs.Count}.");
        for (int i = 0; i < operation.Outputs.Count; i++)
        {
            CheckResult(operation.Outputs[i], node.Outputs[i]);
            scope.Set(operation.Outputs[i].Name, node.Outputs[i]);
        }
    }

    /// <summary>Adds an operator whose result the operation computes with; it is named after the operation and its role.</summary>
    public Value Add(string role, Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Value?> inputs) =>
        scope.Builder.Add($"{operation.Name}.{role}", @operator, attributes, inputs);

    /// <summary>The declared type of a result may know less than the inferred one, or more, but not otherwise.</summary>
    private void CheckResult(MilNamedType declared, Value value)
    {
        if (value.Type is not TensorValueType { Tensor: TensorType inferred } || declared.Type is not MilTensorType { HasRank: true } type) return;
        bool agrees = type.ElementType == inferred.ElementType && type.Dimensions.Length == inferred.Rank;
        for (int axis = 0; agrees && axis < inferred.Rank; axis++)
            agrees = type.Dimensions[axis].Size is not int size || inferred.Dimensions[axis].Size is not int other || size == other;
        if (!agrees) throw operation.Broken($"Its result '{declared.Name}' is declared as {type}; '{operation.Type}' gives {inferred}.");
        Int128 count = inferred.Dimensions.Aggregate((Int128)1, (product, dimension) => product * (dimension.Size ?? 1));
        if (count > MostElements) throw new ModelLimitException(operation.File, $"Number of elements of '{declared.Name}' ({operation.Location}: {operation.Type})", count, MostElements);
    }

    public void Emit(Operator @operator, params IReadOnlyList<Value?> inputs) => Emit(@operator, NoAttributes.Value, inputs);

    /// <summary>The default of a parameter that is left out, as a value of the graph.</summary>
    public Value Scalar(string parameter, double value, ElementType type = TensorLogic.ElementType.Float32)
    {
        Tensor tensor = Tensor.Create(type, Shape.Scalar);
        TensorConversion.Write(tensor, [value]);
        return scope.Constant($"{operation.Name}.{parameter}", tensor);
    }

    /// <summary>Integers as a value of the graph.</summary>
    public Value Vector(string parameter, params int[] values) => scope.Constant($"{operation.Name}.{parameter}", Tensor.FromArray(values, [values.Length]));

    /// <summary>One of the operation's blocks as a sub-graph whose inputs have these types.</summary>
    public Graph Block(int index, IReadOnlyList<TensorLogic.Operators.ValueType> inputs) => MilBlocks.Lower(operation, index, inputs, scope);

    /// <summary>The operation's only output is a value that exists already.</summary>
    public void Forward(Value value) => scope.Set(operation.Name, value);

    /// <summary>An element type by MIL's name.</summary>
    public ElementType ElementType(string parameter)
    {
        string name = Text(parameter);
        return name switch
        {
            "fp16" or "float16" => TensorLogic.ElementType.Float16,
            "fp32" or "float32" => TensorLogic.ElementType.Float32,
            "fp64" or "float64" => TensorLogic.ElementType.Float64,
            "int8" => TensorLogic.ElementType.Int8,
            "int16" => TensorLogic.ElementType.Int16,
            "int32" => TensorLogic.ElementType.Int32,
            "int64" => TensorLogic.ElementType.Int64,
            "uint8" => TensorLogic.ElementType.UInt8,
            "uint16" => TensorLogic.ElementType.UInt16,
            "uint32" => TensorLogic.ElementType.UInt32,
            "bool" => TensorLogic.ElementType.Bool,
            _ => throw operation.Broken($"The parameter '{parameter}' is '{name}', which is no element type."),
        };
    }

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string parameter, string? otherwise, params ReadOnlySpan<(string Word, T Meaning)> choices)
    {
        string word = Text(parameter, otherwise);
        foreach ((string name, T meaning) in choices)
            if (name.Equals(word, StringComparison.OrdinalIgnoreCase)) return meaning;
        throw operation.Broken($"The parameter '{parameter}' is '{word}'.");
    }
}
