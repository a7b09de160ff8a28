using System.Text.Json;

namespace TensorLogic.CoreML.Packages;

/// <summary><c>Manifest.json</c> of an <c>.mlpackage</c>: which of its files is the model.</summary>
internal static class PackageManifest
{
    public const string FileName = "Manifest.json";

    // Paths of the manifest are relative to this folder.
    private const string DataFolder = "Data";

    /// <summary>The model file's path inside the package.</summary>
    /// <exception cref="ModelFormatException">Not a manifest, or a path in it leaves the package.</exception>
    public static unsafe string RootModel(string package, LoadLimits limits)
    {
        string file = Path.Combine(package, FileName);
        TensorStorage storage = MappedStorage.Open(file);
        try
        {
            if (storage.ByteLength > int.MaxValue) throw new ModelLimitException(file, "Bytes of the manifest", storage.ByteLength, int.MaxValue);
            // In bounds: the whole mapping.
            return Read(new(storage.Pointer, (int)storage.ByteLength), package, file, limits);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            string reason = error.Message;
            int tail = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw new ModelFormatException(file, $"Expected JSON: {(tail < 0 ? reason : reason[..tail])}", cause: error);
        }
        finally
        {
            storage.Release();
        }
    }

    private static string Read(ReadOnlySpan<byte> text, string package, string file, LoadLimits limits)
    {
        Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = limits.Depth });
        string? version = null, root = null;
        Dictionary<string, string>? paths = null;
        json.Read();
        Require(ref json, JsonTokenType.StartObject, file, null);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("fileFormatVersion")) version = Text(ref json, file, "fileFormatVersion", limits);
            else if (json.ValueTextEquals("rootModelIdentifier")) root = Text(ref json, file, "rootModelIdentifier", limits);
            else if (json.ValueTextEquals("itemInfoEntries")) paths = Entries(ref json, file, limits);
            else
            {
                json.Read();
                json.Skip();
            }
        }
        // The reader itself refuses anything after the object.
        while (json.Read()) { }

        if (version is null) throw Missing(file, "fileFormatVersion");
        if (!version.StartsWith("1.", StringComparison.Ordinal)) throw new ModelFormatException(file, $"Expected version 1 of the package format, found '{version}'.", field: "fileFormatVersion");
        if (paths is null) throw Missing(file, "itemInfoEntries");
        if (root is null) throw Missing(file, "rootModelIdentifier");
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach ((string key, string path) in paths)
            if (seen.Add(path)) ContainedPath.Check(path, file, "itemInfoEntries", key);
        if (!paths.TryGetValue(root, out string? model))
            throw new ModelFormatException(file, $"Expected one of the entries, found '{root}', which is none.", field: "rootModelIdentifier");
        // What nobody opens needs no look at the links on its way.
        ContainedPath.Resolve(package, DataFolder, model, file, $"itemInfoEntries.{root}.path");
        return $"{DataFolder}/{model}";
    }

    private static Dictionary<string, string> Entries(ref Utf8JsonReader json, string file, LoadLimits limits)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        json.Read();
        Require(ref json, JsonTokenType.StartObject, file, "itemInfoEntries");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref json, limits, file, "itemInfoEntries");
            string? path = null;
            json.Read();
            Require(ref json, JsonTokenType.StartObject, file, "itemInfoEntries", key);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("path"))
                {
                    path = Text(ref json, file, "itemInfoEntries", limits, key);
                }
                else
                {
                    json.Read();
                    json.Skip();
                }
            }
            paths[key] = path ?? throw Missing(file, $"itemInfoEntries.{key}.path");
            if (paths.Count > limits.Count) throw new ModelLimitException(file, "Number of entries", paths.Count, limits.Count);
        }
        return paths;
    }

    private static string Text(ref Utf8JsonReader json, string file, string field, LoadLimits limits, string? key = null)
    {
        json.Read();
        Require(ref json, JsonTokenType.String, file, field, key);
        return Text(ref json, limits, file, field, key);
    }

    private static string Text(ref Utf8JsonReader json, LoadLimits limits, string file, string field, string? key = null)
    {
        if (json.ValueSpan.Length > limits.NameBytes) throw new ModelLimitException(file, $"Bytes of {(key is null ? field : $"{field}.{key}.path")}", json.ValueSpan.Length, limits.NameBytes);
        return json.GetString()!;
    }

    private static void Require(ref Utf8JsonReader json, JsonTokenType expected, string file, string? field, string? key = null)
    {
        if (json.TokenType != expected)
            throw new ModelFormatException(file, $"Expected {(expected == JsonTokenType.String ? "text" : "an object")}, found {json.TokenType}.", json.TokenStartIndex, key is null ? field : $"{field}.{key}");
    }

    private static ModelFormatException Missing(string file, string field) => new(file, $"Expected the key '{field}', found none.", field: field);
}
