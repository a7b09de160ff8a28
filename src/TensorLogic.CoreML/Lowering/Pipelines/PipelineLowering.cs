using System.Globalization;
using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML.Lowering.Pipelines;

/// <summary>Makes a chain of the models of a pipeline.</summary>
internal static class PipelineLowering
{
    public static ModelBody Lower(LoweringScope scope, ModelSpecification specification, FunctionDescription function)
    {
        string place = $"{scope.Place}.{ModelKinds.NameOf(specification.Kind)}";
        if (specification.Members.Count == 0) throw new ModelFormatException(specification.File, "Expected the models of the pipeline, found none.", field: $"{place}.models");
        var known = new Dictionary<string, FeatureType>(StringComparer.Ordinal);
        foreach (FeatureDescription input in function.Inputs) known[input.Name] = input.Type;
        List<PipelineBody.Member> members = [];
        try
        {
            for (int i = 0; i < specification.Members.Count; i++)
            {
                ModelSpecification member = specification.Members[i];
                string at = string.Create(CultureInfo.InvariantCulture, $"{place}.models[{i}]");
                FunctionDescription own = member.Description.Find(member.Description.DefaultFunction)!;
                foreach (FeatureDescription input in own.Inputs) Check(input, known, specification.File, $"{at}.description.input", "an input of the pipeline or an output of a model before it", input.IsOptional);
                string name = i < specification.MemberNames.Count ? specification.MemberNames[i] : string.Create(CultureInfo.InvariantCulture, $"model{i}");
                members.Add(new($"{name} ({ModelKinds.NameOf(member.Kind)})", ModelLowering.Lower(scope with { Place = at }, member, own), [.. own.Inputs.Select(input => input.Name)]));
                foreach (FeatureDescription output in own.Outputs) known[output.Name] = output.Type;
            }
            foreach (FeatureDescription output in function.Outputs) Check(output, known, specification.File, $"{scope.Place}.description.output", "an output of a model of the pipeline", mayMiss: false);
            return new PipelineBody(scope.Name, members, function.Inputs, function.Outputs);
        }
        catch
        {
            foreach (PipelineBody.Member member in members) member.Body.Dispose();
            throw;
        }
    }

    private static void Check(FeatureDescription feature, Dictionary<string, FeatureType> known, string file, string field, string expected, bool mayMiss)
    {
        if (!known.TryGetValue(feature.Name, out FeatureType? given))
        {
            if (mayMiss) return;
            throw new ModelFormatException(file, $"Expected {expected}, found '{feature.Name}', which is neither.", field: field);
        }
        if (!Fits(given, feature.Type)) throw new ModelFormatException(file, $"Expected '{feature.Name}' as {given}, which it is at this point, found {feature.Type}.", field: field);
    }

    /// <summary>True if a feature of one type can be taken for one of the other: sizes that both state agree, and numbers stand for one another.</summary>
    private static bool Fits(FeatureType given, FeatureType taken) => (given, taken) switch
    {
        (TensorFeatureType { Tensor: { IsStatic: true, Rank: > 0 } from }, TensorFeatureType { Tensor: { IsStatic: true, Rank: > 0 } to }) => from.Shape == to.Shape || from.Shape.ElementCount == to.Shape.ElementCount,
        (DictionaryFeatureType from, DictionaryFeatureType to) => from.KeyKind == to.KeyKind,
        (SequenceFeatureType from, SequenceFeatureType to) => from.ItemKind == to.ItemKind,
        ({ Kind: FeatureKind.Double or FeatureKind.Int64 }, { Kind: FeatureKind.Double or FeatureKind.Int64 }) => true,
        (TensorFeatureType { Tensor: { IsStatic: true } from }, { Kind: FeatureKind.Double or FeatureKind.Int64 }) => from.Rank == 0 || from.Shape.ElementCount == 1,
        ({ Kind: FeatureKind.Double or FeatureKind.Int64 }, TensorFeatureType { Tensor: { IsStatic: true } to }) => to.Rank == 0 || to.Shape.ElementCount == 1,
        // A program gives an image as numbers where the next takes it so.
        ({ Kind: FeatureKind.Image }, { Kind: FeatureKind.Image or FeatureKind.Tensor }) or ({ Kind: FeatureKind.Tensor }, { Kind: FeatureKind.Image }) => true,
        _ => given.Kind == taken.Kind,
    };
}
