namespace TensorLogic;

/// <summary>Finds the loader of a path by looking at its content, not at its name.</summary>
public sealed class ModelFormatDetector(IReadOnlyList<IModelLoader> loaders)
{
    /// <summary>The loader whose format the content has.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">No loader knows the content; lists what was tried.</exception>
    public IModelLoader Detect(string path)
    {
        ModelCandidate candidate = ModelCandidate.Open(path);
        foreach (IModelLoader loader in loaders)
            if (loader.Matches(candidate))
                return loader;
        string tried = string.Join("; ", loaders.Select(loader => $"{loader.Format} ({loader.Signature})"));
        throw new ModelFormatException(path, $"The format of this {(candidate.IsFolder ? "folder" : "file")} is not recognised. Tried: {tried}.");
    }
}
