using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorLogic.Formats.Gguf;

/// <summary>A model in several files, <c>NAME-00001-of-00003.gguf</c> and so on, of which the first has the model's metadata.</summary>
/// <remarks>Source: <c>split.no</c>, <c>split.count</c> and <c>split.tensors.count</c> as llama.cpp's gguf-split writes them.</remarks>
internal sealed partial class GgufSplit
{
    private const string Prefix = "split.", NumberKey = "split.no", CountKey = "split.count", TensorsKey = "split.tensors.count";

    private readonly string _path;
    private readonly long _count;
    private readonly string _stem;
    private readonly string _extension;

    private GgufSplit(string path, long count, string stem, string extension) => (_path, _count, _stem, _extension) = (path, count, stem, extension);

    /// <summary>The set that a file is a part of; null for a model in one file. Disposes the part where it throws.</summary>
    /// <exception cref="ModelFormatException">The file's name and its metadata do not agree.</exception>
    public static GgufSplit? Of(GgufPart part)
    {
        try
        {
            if (!part.Header.Metadata.ContainsKey(CountKey)) return null;
            long count = Number(part, CountKey), number = part.Header.Metadata.ContainsKey(NumberKey) ? Number(part, NumberKey) : 0;
            if (count is < 1 or > ushort.MaxValue) throw Broken(part.Path, CountKey, $"Expected 1 to {ushort.MaxValue} files, found {count}.");
            if (number < 0 || number >= count) throw Broken(part.Path, NumberKey, $"Expected a number from 0 to {count - 1}, found {number}.");
            if (count == 1)
            {
                CheckTensorCount(part, [part]);
                return null;
            }
            Match name = PartName().Match(Path.GetFileName(part.Path));
            if (!name.Success || Parsed(name.Groups["number"]) != number + 1 || Parsed(name.Groups["count"]) != count)
                throw Broken(part.Path, NumberKey, $"The file is part {number + 1} of {count}, but its name does not end so.",
                    $"Name the files NAME-{1:D5}-of-{count:D5}.gguf and so on.");
            return new(part.Path, count, name.Groups["stem"].Value, name.Groups["extension"].Value);
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Opens all parts as one model.</summary>
    /// <param name="opened">The part that is open already; the model takes it over.</param>
    /// <param name="limits">Bounds for each part.</param>
    /// <param name="cancellation">Noticed between parts.</param>
    /// <exception cref="ModelFormatException">A part is missing or broken, or belongs to another set.</exception>
    public GgufModel Open(GgufPart opened, LoadLimits limits, CancellationToken cancellation)
    {
        ShardFolder folder = new(_path, CountKey);
        long openedNumber = opened.Header.Metadata.ContainsKey(NumberKey) ? Number(opened, NumberKey) : 0;
        List<GgufPart> parts = [];
        try
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            for (int number = 0; number < _count; number++)
            {
                cancellation.ThrowIfCancellationRequested();
                GgufPart part = number == openedNumber ? opened : GgufPart.Open(folder.Find(FileName(number)), limits);
                parts.Add(part);
                if (Number(part, NumberKey) != number || Number(part, CountKey) != _count)
                    throw Broken(part.Path, NumberKey, $"Expected part {number + 1} of {_count}, found part {Number(part, NumberKey) + 1} of {Number(part, CountKey)}.");
                foreach (GgufEntry entry in part.Header.Tensors)
                    if (!names.Add(entry.Name)) throw Broken(part.Path, entry.Name, $"The tensor '{entry.Name}' is in an earlier part too.");
            }
            CheckTensorCount(parts[0], parts);
            OrderedDictionary<string, object> metadata = new(StringComparer.Ordinal);
            foreach ((string key, object value) in parts[0].Header.Metadata)
                if (!key.StartsWith(Prefix, StringComparison.Ordinal)) metadata.Add(key, value);
            return new(_path, parts, metadata);
        }
        catch
        {
            opened.Dispose();
            foreach (GgufPart part in parts) part.Dispose();
            throw;
        }
    }

    private static void CheckTensorCount(GgufPart first, IReadOnlyList<GgufPart> parts)
    {
        if (!first.Header.Metadata.ContainsKey(TensorsKey)) return;
        long stated = Number(first, TensorsKey), found = parts.Sum(part => (long)part.Header.Tensors.Count);
        if (stated != found) throw Broken(first.Path, TensorsKey, $"Expected {stated} tensors in all files together, found {found}.");
    }

    private string FileName(int number) => string.Create(CultureInfo.InvariantCulture, $"{_stem}-{number + 1:D5}-of-{_count:D5}{_extension}");

    private static long Number(GgufPart part, string key) => part.Header.Metadata.GetValueOrDefault(key) switch
    {
        byte number => number,
        ushort number => number,
        short number => number,
        uint number => number,
        int number => number,
        long number => number,
        ulong number when number <= long.MaxValue => (long)number,
        null => throw Broken(part.Path, key, "The value is missing."),
        object other => throw Broken(part.Path, key, $"Expected an integer, found {other}."),
    };

    private static long Parsed(Group digits) => long.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static ModelFormatException Broken(string file, string field, string problem, string remedy = "All files of a set lie in one folder under their own names: fetch them again.") =>
        new(file, problem, field: field) { Remedy = remedy };

    [GeneratedRegex(@"^(?<stem>.*)-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})(?<extension>(\.[^.]*)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex PartName();
}
