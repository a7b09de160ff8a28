using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Functions;

/// <summary>Paths in scripts: relative to the script, inside the file root, links included (18.4).</summary>
internal static class FilePath
{
    private const int MaxLinks = 40;

    /// <exception cref="ScriptFault">TL5001 nothing is there; TL5002 the path leaves the root, or there is none.</exception>
    public static string Existing(RunState run, string path)
    {
        if (run.Engine.Options.FileRoot is not { } rootFolder || path.Contains('\0', StringComparison.Ordinal)) throw new ScriptFault(Messages.LeavesFileRoot(path));
        string root = Real(Path.GetFullPath(rootFolder)) ?? throw new ScriptFault(Messages.LeavesFileRoot(path));
        string full = Path.GetFullPath(path, run.Source.Directory is { } folder ? Path.GetFullPath(folder) : root);
        if (!IsInside(full, Path.GetFullPath(rootFolder)) && !IsInside(full, root)) throw new ScriptFault(Messages.LeavesFileRoot(path));
        if (!Path.Exists(full)) throw new ScriptFault(Messages.FileNotFound(path));
        string real = Real(full) ?? throw new ScriptFault(Messages.LeavesFileRoot(path));
        return IsInside(real, root) ? real : throw new ScriptFault(Messages.LeavesFileRoot(path));
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
