using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>Evaluates the constants and decompressions that make one weight.</summary>
internal static class MilDecompression
{
    /// <summary>The weight. The caller disposes it.</summary>
    /// <exception cref="UnsupportedOperatorException">It is stored in a way that is not read.</exception>
    public static Tensor Evaluate(MilWeight weight, IBackend backend)
    {
        if (weight.Operations is [{ Type: "const" } only]) return ((MilTensorValue)only.Attributes["val"]).Read();
        GraphBuilder builder = new(weight.Name);
        MilScope scope = new(builder);
        try
        {
            foreach (MilOperation operation in weight.Operations)
            {
                MilCall call = new(operation, scope);
                builder.Place = call.Place;
                if (operation.Type == "const") scope.Set(operation.Name, operation.Attributes["val"]);
                else if (MilRules.Find(operation.Type) is { } rule) call.Apply(rule);
                else throw new UnsupportedOperatorException(operation.Type) { Place = call.Place };
            }
            Value result = scope.Find(weight.Operations[^1].Outputs[^1].Name)!;
            using IExecutable executable = backend.Compile(builder.Build(result), new CompileOptions());
            Tensor?[] outputs = [null];
            executable.Run([], outputs);
            return outputs[0]!;
        }
        finally
        {
            foreach (Tensor tensor in scope.Tensors) tensor.Dispose();
        }
    }
}
