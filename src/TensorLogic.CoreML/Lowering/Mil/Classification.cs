using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>What a <c>classify</c> operation says: which value holds the probabilities, and the labels in order.</summary>
internal sealed record Classification(Value Probabilities, IReadOnlyList<object> Labels, string LabelOutput, string DictionaryOutput)
{
    public static Classification Read(MilCall call)
    {
        MilOperation operation = call.Operation;
        Value probabilities = call.Value("probabilities");
        if (operation.Outputs.Count != 2) throw operation.Broken($"It has {operation.Outputs.Count} outputs, not a label and a dictionary.");
        object[] labels = [.. Read(operation, call.Constant("classes") ?? throw operation.Broken("The parameter 'classes' is missing."))];
        if (labels.Length == 0) throw operation.Broken("It has no labels.");
        if (probabilities.TensorType is { IsStatic: true } type && type.Shape.ElementCount != labels.Length)
            throw operation.Broken($"It has {labels.Length} labels for {type} probabilities.");
        return new(probabilities, labels, operation.Outputs[0].Name, operation.Outputs[1].Name);
    }

    private static IEnumerable<object> Read(MilOperation operation, MilValue classes)
    {
        switch (classes)
        {
            case MilStringsValue strings:
                return strings.Strings;
            case MilTensorValue numbers:
                using (Tensor tensor = numbers.Read()) return [.. TensorConversion.ReadLongs(tensor).Select(number => (object)number)];
            case MilListValue list when list.Items.All(item => item is not MilListValue):
                return list.Items.SelectMany(item => Read(operation, item));
            default:
                throw operation.Broken($"The labels are {classes.Type}.");
        }
    }
}
