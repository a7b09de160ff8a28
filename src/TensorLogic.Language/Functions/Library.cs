using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>The names that every script knows (6, 14): functions, constants and types.</summary>
internal sealed class Library
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);

    private Library()
    {
        CreationFunctions.AddTo(this);
        ElementwiseFunctions.AddTo(this);
        ReductionFunctions.AddTo(this);
        ShapeFunctions.AddTo(this);
        NetworkFunctions.AddTo(this);
        LookupFunctions.AddTo(this);
        LinearAlgebraFunctions.AddTo(this);
        RandomFunctions.AddTo(this);
        GradientFunctions.AddTo(this);
        OptimizerFunctions.AddTo(this);
        OutputFunctions.AddTo(this);
        StringFunctions.AddTo(this);
        ListFunctions.AddTo(this);
        JsonFunctions.AddTo(this);
        FileFunctions.AddTo(this);
        ModelFunctions.AddTo(this);
        LogicFunctions.AddTo(this);
        foreach (string name in DeclaredType.DtypeNames)
            if (name != "bool") _values[name] = Value.Of(DeclaredType.Dtype(name)!.Value);
        _values["bool"] = Value.Of(ElementType.Bool);
        _values["pi"] = Math.PI;
        _values["inf"] = double.PositiveInfinity;
        _values["nan"] = double.NaN;
    }

    public static Library Instance { get; } = new();

    public IEnumerable<string> Names => _values.Keys;

    public bool TryGet(string name, out Value value) => _values.TryGetValue(name, out value);

    public FunctionValue? Function(string name) => _values.TryGetValue(name, out Value value) ? value.Content as FunctionValue : null;

    public void Add(string signature, Func<LibraryCall, Value> body, EquationUse use = EquationUse.No)
    {
        Signature parsed = new(signature);
        _values.Add(parsed.Name, Value.Of(new LibraryFunction(parsed, body, use)));
    }

    public void AddAlias(string alias, string name) => _values.Add(alias, _values[name]);
}
