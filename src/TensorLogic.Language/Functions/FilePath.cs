using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Functions;

/// <summary>Paths in scripts: relative to the script, inside the file root, links included (18.4).</summary>
internal static class FilePath
{
    private const int MaxLinks = 40;

    /// <exception cref="ScriptFault">TL5001 nothing is there; TL5002 the path leaves the root, or there is none.</exception>
    public static string Existing(RunState run, string path)
    {
        (string full, string root) = Inside(run.Engine.Options.FileRoot, run.Caller, path);
        if (!Path.Exists(full)) throw new ScriptFault(Messages.FileNotFound(path));
        string real = Real(full) ?? throw new ScriptFault(Messages.LeavesFileRoot(path));
        return IsInside(real, root) ? real : throw new ScriptFault(Messages.LeavesFileRoot(path));
    }

    /// <summary>A file to be written, in a folder that exists.</summary>
    /// <exception cref="ScriptFault">TL5001 there is no such folder; TL5002; TL5006.</exception>
    public static string ForWriting(RunState run, string path)
    {
        if (!run.Engine.Options.AllowWrite) throw new ScriptFault(Messages.WritingNotAllowed());
        (string full, string root) = Inside(run.Engine.Options.FileRoot, run.Caller, path);
        string? folder = Path.GetDirectoryName(full);
        if (folder is null || !Directory.Exists(folder) || Directory.Exists(full)) throw new ScriptFault(Messages.FileNotFound(path));
        string real = Real(full) ?? throw new ScriptFault(Messages.LeavesFileRoot(path));
        return IsInside(real, root) ? real : throw new ScriptFault(Messages.LeavesFileRoot(path));
    }

    /// <summary>The file of an import: as <see cref="Existing"/>, before there is a run.</summary>
    public static string OfImport(string? fileRoot, SourceText importing, string path)
    {
        (string full, string root) = Inside(fileRoot, importing, path);
        if (!File.Exists(full)) throw new ScriptFault(Messages.FileNotFound(path));
        string real = Real(full) ?? throw new ScriptFault(Messages.LeavesFileRoot(path));
        return IsInside(real, root) ? real : throw new ScriptFault(Messages.LeavesFileRoot(path));
    }

    private static (string Full, string Root) Inside(string? rootFolder, SourceText? source, string path)
    {
        if (rootFolder is null || path.Length == 0 || path.Contains('\0', StringComparison.Ordinal)) throw new ScriptFault(Messages.LeavesFileRoot(path));
        string given = Path.GetFullPath(rootFolder), root = Real(given) ?? throw new ScriptFault(Messages.LeavesFileRoot(path));
        string full = Path.GetFullPath(path, source?.Directory is { } folder ? Path.GetFullPath(folder) : root);
        return IsInside(full, given) || IsInside(full, root) ? (full, root) : throw new ScriptFault(Messages.LeavesFileRoot(path));
    }

    private static bool IsInside(string path, string root) =>
        path == root || path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path without links; null if they go round.</summary>
    private static string? Real(string path)
    {
        string done = Path.GetPathRoot(path)!;
        Stack<string> rest = new(path[done.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            string next = Path.GetFullPath(Path.Combine(done, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }
            if (++links > MaxLinks) return null;
            string aim = Path.GetFullPath(target, done);
            done = Path.GetPathRoot(aim)!;
            foreach (string piece in aim[done.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse()) rest.Push(piece);
        }
        return done;
    }
}
