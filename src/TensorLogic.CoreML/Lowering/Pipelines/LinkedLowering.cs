using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Specification;
using TensorLogic.CoreML.Specification.Classic;

namespace TensorLogic.CoreML.Lowering.Pipelines;

/// <summary>Opens the model that a linked model names. It lies in the folder of the model or below; nothing else is looked at.</summary>
internal static class LinkedLowering
{
    public static ModelBody Lower(LoweringScope scope, ModelSpecification specification, FunctionDescription function, LinkedSpecification link)
    {
        string field = $"{scope.Place}.linkedModel.linkedModelFile";
        if (link.FileName is null) throw new ModelFormatException(specification.File, "Expected a link to a model, found none.", field: $"{scope.Place}.linkedModel.LinkType");
        if (scope.Package is not { } package) throw new UnsupportedOperatorException("linkedModel", "the model was not opened from a file") { Place = field };
        scope.Links.Take(specification.File);
        string path = Find(package, specification.File, link, field);
        CoreMLPackage linked = CoreMLPackage.Open(path, scope.Limits);
        try
        {
            ModelSpecification target = SpecificationReader.Read(linked, scope.Limits);
            FunctionDescription own = target.Description.Find(target.Description.DefaultFunction)!;
            foreach (FeatureDescription input in own.Inputs)
                if (!input.IsOptional && function.Inputs.All(other => other.Name != input.Name))
                    throw new ModelFormatException(specification.File, $"Expected the input '{input.Name}' of the linked model, found none.", field: $"{scope.Place}.description.input");
            foreach (FeatureDescription output in function.Outputs)
                if (own.Outputs.All(other => other.Name != output.Name))
                    throw new ModelFormatException(specification.File, $"Expected outputs of the linked model, found '{output.Name}'.", field: $"{scope.Place}.description.output");
            ModelBody body = ModelLowering.Lower(scope with { Name = Path.GetFileName(path), Place = "Model", Package = linked }, target, own);
            PipelineBody.Member member = new(Path.GetFileName(path), body, [.. own.Inputs.Select(input => input.Name)]);
            return new PipelineBody(scope.Name, [member], function.Inputs, function.Outputs, linked);
        }
        catch
        {
            linked.Dispose();
            throw;
        }
    }

    private static string Find(CoreMLPackage package, string file, LinkedSpecification link, string field)
    {
        string fileField = $"{field}.linkedModelFileName", pathField = $"{field}.linkedModelSearchPath";
        if (ContainedPath.Problem(link.FileName!) is string problem) throw new ModelFormatException(file, $"Expected the name of a model, found one that {problem}: '{link.FileName}'.", field: fileField);
        // The model is a file in a folder, or a folder beside which its like lie.
        string root = Path.GetDirectoryName(Path.GetFullPath(package.Root)) ?? throw new ModelFormatException(file, "Expected a folder that holds the model, found none.", field: fileField);
        string[] folders = [.. link.SearchPath.Split(':').Select(folder => folder is "." or "./" ? "" : folder).Distinct()];
        foreach (string folder in folders)
        {
            if (folder.StartsWith('$')) continue;
            if (folder.Length > 0 && ContainedPath.Problem(folder) is string wrong) throw new ModelFormatException(file, $"Expected folders below the model's own, found one that {wrong}: '{folder}'.", field: pathField);
            string path = ContainedPath.Resolve(root, folder, link.FileName!, file, pathField);
            if (File.Exists(path) || Directory.Exists(path)) return path;
        }
        if (folders.Any(folder => folder.StartsWith('$')))
            throw new UnsupportedOperatorException("linkedModel", $"'{link.FileName}' lies in the bundle of an application ({link.SearchPath})") { Place = file, Remedy = "Put the linked model beside this one, or run the model in its application on macOS." };
        throw new ModelFormatException(file, $"Expected the linked model '{link.FileName}' in {string.Join(", ", folders.Select(folder => $"'{Path.Combine(root, folder)}'"))}, found none.", field: fileField);
    }
}
