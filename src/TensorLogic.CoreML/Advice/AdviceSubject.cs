using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML.Advice;

/// <summary>What a rule looks at: a model, or a member of a pipeline, with the function that is in question.</summary>
/// <param name="Specification">The model.</param>
/// <param name="Function">What goes in and out.</param>
/// <param name="Operations">The operations of an ML Program's function, those of inner blocks included; no constants.</param>
internal sealed record AdviceSubject(ModelSpecification Specification, FunctionDescription Function, IReadOnlyList<MilOperation> Operations)
{
    /// <summary>The model, or the members of a pipeline, which may themselves be pipelines.</summary>
    public static IEnumerable<AdviceSubject> Of(ModelSpecification specification, FunctionDescription function)
    {
        if (!ModelKinds.IsPipeline(specification.Kind)) return [new(specification, function, OperationsOf(specification, function))];
        // Readers limit how deep pipelines are nested.
        return specification.Members.SelectMany(member => member.Description.Find(member.Description.DefaultFunction) is { } main ? Of(member, main) : []);
    }

    private static List<MilOperation> OperationsOf(ModelSpecification specification, FunctionDescription function)
    {
        List<MilOperation> operations = [];
        if (specification.Program?.Functions.GetValueOrDefault(function.Name) is not { } program) return operations;
        Stack<MilBlock> blocks = new([program.Block]);
        while (blocks.TryPop(out MilBlock? block))
            foreach (MilOperation operation in block.Operations)
            {
                if (operation.Type != "const" && !operation.Type.StartsWith("constexpr_", StringComparison.Ordinal)) operations.Add(operation);
                foreach (MilBlock inner in operation.Blocks) blocks.Push(inner);
            }
        return operations;
    }
}
