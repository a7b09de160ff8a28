using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Functions;

/// <summary>The functions that every script knows (14).</summary>
internal static class StandardFunctions
{
    public static IReadOnlyDictionary<string, Function> All { get; } =
        new Function[]
        {
            new("print", [new("sep", " ")], IsVariadic: true, Print),
            new("str", [new("x")], IsVariadic: false, static (_, _, parameters) => parameters[0].ToString()),
            new("type", [new("x")], IsVariadic: false, static (_, _, parameters) => parameters[0].TypeName),
            new("zeros", [new("shape")], IsVariadic: false, Zeros),
            new("load_image", [new("path")], IsVariadic: false, ModelFunctions.LoadImage),
            new("load_model", [new("path"), new("device", "auto")], IsVariadic: false, ModelFunctions.LoadModel),
            new("get_tensor", [new("model"), new("name")], IsVariadic: false, static (_, _, parameters) =>
                parameters[0].Kind == ValueKind.Model ? Members.At(parameters[0], [parameters[1]]) : throw new ScriptFault(Messages.Expects("get_tensor", "a model", parameters[0].TypeName))),
        }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>The function of a name as a value.</summary>
    public static bool TryGet(string name, out Value value)
    {
        bool found = All.TryGetValue(name, out Function? function);
        value = found ? Value.Of(function!) : Value.None;
        return found;
    }

    private static Value Print(RunState run, IReadOnlyList<Value> values, Value[] parameters)
    {
        if (parameters[0].Kind != ValueKind.String) throw new ScriptFault(Messages.Expects("print", "a string", parameters[0].TypeName));
        run.Write(string.Join(parameters[0].AsString(), values));
        return Value.None;
    }

    private static Value Zeros(RunState run, IReadOnlyList<Value> values, Value[] parameters)
    {
        if (parameters[0].Kind != ValueKind.List || parameters[0].AsList().Any(size => size.Kind != ValueKind.Int || size.AsInt() is < 0 or > int.MaxValue) || parameters[0].AsList().Count > Shape.MaxRank)
            throw new ScriptFault(Messages.Expects("zeros", "a list of sizes", parameters[0].TypeName));
        int[] sizes = [.. parameters[0].AsList().Select(size => (int)size.AsInt())];
        run.Reserve(sizes.Contains(0) ? 0 : sizes.Aggregate((Int128)2, (product, size) => product > run.Engine.Options.MemoryLimit ? product : product * size));
        return Tensor<Half>.Create(Shape.Create(sizes));
    }
}
