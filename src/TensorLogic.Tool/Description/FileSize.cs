using System.Text.Json;
using System.Text.RegularExpressions;

namespace TensorLogic.Tool.Description;

/// <summary>Bytes that a model takes on disk.</summary>
internal static partial class FileSize
{
    /// <summary>Length of a file, of all files in a folder, or of all files of a set. Links are not followed.</summary>
    /// <remarks>The model was opened before: what is asked of its files here holds.</remarks>
    public static long Of(string path)
    {
        if (!File.Exists(path)) return OfFolder(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, name = Path.GetFileName(path);
        IEnumerable<string> others = name.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase) ? Shards(path) : Parts(folder, name);
        return others.Append(name).Distinct(StringComparer.Ordinal).Select(file => new FileInfo(Path.Combine(folder, file))).Where(file => file.Exists).Sum(file => file.Length);
    }

    private static long OfFolder(string path) => new DirectoryInfo(path)
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 16, AttributesToSkip = FileAttributes.ReparsePoint })
        .Sum(file => file.Length);

    private static IEnumerable<string> Shards(string index)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(index));
        return document.RootElement.TryGetProperty("weight_map", out JsonElement map) ? [.. map.EnumerateObject().Select(entry => entry.Value.GetString()!)] : [];
    }

    private static IEnumerable<string> Parts(string folder, string name)
    {
        Match part = PartName().Match(name);
        return part.Success ? Directory.EnumerateFiles(folder, $"{part.Groups["stem"].Value}-*-of-{part.Groups["count"].Value}.gguf").Select(file => Path.GetFileName(file)) : [];
    }

    [GeneratedRegex(@"^(?<stem>.+)-\d{5}-of-(?<count>\d{5})\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
