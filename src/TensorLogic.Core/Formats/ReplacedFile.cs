namespace TensorLogic.Formats;

/// <summary>Writes a file whole or not at all.</summary>
internal static class ReplacedFile
{
    /// <summary>Writes beside the path and moves the result there once all is on disk. On failure what was there stays.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string written = Path.Combine(Path.GetDirectoryName(target) ?? target, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = new(written, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(written, target, overwrite: true);
        }
        catch
        {
            if (File.Exists(written)) File.Delete(written);
            throw;
        }
    }
}
