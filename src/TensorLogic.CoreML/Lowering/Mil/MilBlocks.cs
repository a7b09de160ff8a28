using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>Lowers operations in order, and the blocks of branches and loops to sub-graphs.</summary>
internal static class MilBlocks
{
    /// <summary>Lowers one operation of a block.</summary>
    public static void Lower(MilOperation operation, MilScope scope)
    {
        MilCall call = new(operation, scope);
        scope.Builder.Place = call.Place;
        if (operation.Type == "const") scope.Set(operation.Name, operation.Attributes.GetValueOrDefault("val") ?? call.Constant("val") ?? throw operation.Broken("The constant has no value."));
        else if (MilRules.Find(operation.Type) is { } rule) call.Apply(rule);
        else throw new UnsupportedOperatorException(operation.Type) { Place = call.Place, Remedy = "Run the model on a Mac through Core ML, or convert it with an equivalent operation." };
    }

    /// <summary>A block as a sub-graph that sees the values around it.</summary>
    /// <param name="operation">The operation that has the block.</param>
    /// <param name="index">Which of its blocks.</param>
    /// <param name="inputs">Types of the block's inputs.</param>
    /// <param name="outer">The scope around it.</param>
    public static Graph Lower(MilOperation operation, int index, IReadOnlyList<ValueType> inputs, MilScope outer)
    {
        MilBlock block = operation.Blocks[index];
        if (outer.Depth >= GraphVerifier.MaxDepth) throw operation.Broken($"Its blocks are nested deeper than {GraphVerifier.MaxDepth}.");
        if (block.Inputs.Count != inputs.Count) throw operation.Broken($"Its block {index} has {block.Inputs.Count} inputs, not {inputs.Count}.");
        GraphBuilder builder = new($"{operation.Name}.{index}", outer.Builder);
        MilScope scope = new(builder, outer);
        for (int i = 0; i < inputs.Count; i++) scope.Set(block.Inputs[i].Name, builder.Input(block.Inputs[i].Name, inputs[i]));
        foreach (MilOperation inner in block.Operations) Lower(inner, scope);
        return builder.Build([.. block.Outputs.Select(name => scope.Find(name) ?? throw operation.Broken($"Its block {index} returns '{name}', which is no tensor made before."))]);
    }
}
