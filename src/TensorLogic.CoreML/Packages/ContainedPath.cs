namespace TensorLogic.CoreML.Packages;

/// <summary>Paths that a package names. None may leave it, on any operating system.</summary>
internal static class ContainedPath
{
    private const int MaxLength = 1024;

    // Links that point at links; a circle ends here.
    private const int MaxLinks = 40;

    /// <summary>What is wrong with a relative path, or null.</summary>
    public static string? Problem(string path)
    {
        if (path.Length == 0) return "is empty";
        if (path.Length > MaxLength) return $"has {path.Length} characters, more than {MaxLength}";
        if (path.AsSpan().ContainsAnyInRange('\0', '\x1f')) return "has a control character";
        if (path.Contains('\\')) return "has a backslash";
        if (path.Contains(':')) return "has a colon";
        if (path[0] == '/') return "is absolute";
        foreach (string part in path.Split('/'))
        {
            if (part is "..") return "has a part '..'";
            if (part.Length > 0 && IsDevice(part)) return $"has the device name '{part}'";
        }
        return null;
    }

    /// <summary>The file or folder at a relative path, links followed.</summary>
    /// <param name="root">The package.</param>
    /// <param name="folder">Folder of the package that the path starts in, or empty.</param>
    /// <param name="path">Relative, with <c>/</c>.</param>
    /// <param name="file">The file that names the path, for errors.</param>
    /// <param name="field">The field that names it.</param>
    /// <exception cref="ModelFormatException">The path leaves the package, by itself or through a link.</exception>
    public static string Resolve(string root, string folder, string path, string file, string? field)
    {
        if (Problem(path) is string problem) throw Leaving(path, problem, file, field);
        string full = Path.Combine(root, folder, path);
        string realRoot = Follow(Path.GetFullPath(root), file);
        string real = Follow(Path.GetFullPath(full), file);
        if (real != realRoot && !real.StartsWith(realRoot.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ModelFormatException(file, $"The path '{path}' leaves the package through a link.", field: field) { Remedy = "Replace the link by what it points at." };
        return full;
    }

    /// <summary>Checks a path by its text alone: one that is named, and not opened.</summary>
    /// <exception cref="ModelFormatException">The path leaves the package.</exception>
    public static void Check(string path, string file, string list, string key)
    {
        if (Problem(path) is string problem) throw Leaving(path, problem, file, $"{list}.{key}.path");
    }

    private static ModelFormatException Leaving(string path, string problem, string file, string? field) =>
        new(file, $"Expected a path inside the package, found one that {problem}: '{Shorten(path)}'.", field: field);

    private static string Follow(string path, string file)
    {
        int links = 0;
        string root = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        string real = root;
        while (rest.TryPop(out string? part))
        {
            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not string target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks) throw new ModelFormatException(file, $"The links at '{next}' do not end.");
            string full = Path.GetFullPath(Path.Combine(real, target));
            root = Path.GetPathRoot(full)!;
            foreach (string step in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse()) rest.Push(step);
            real = root;
        }
        return real;
    }

    /// <summary>Names that Windows takes for devices in any folder, whatever follows the first dot.</summary>
    private static bool IsDevice(string part)
    {
        int dot = part.IndexOf('.');
        string stem = (dot < 0 ? part : part[..dot]).TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL"
            || stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal)) && stem[3] is >= '1' and <= '9';
    }

    private static string Shorten(string path) => path.Length <= 80 ? path : path[..77] + "...";
}
