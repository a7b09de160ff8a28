namespace TensorLogic.CoreML.Packages;

/// <summary>How a Core ML model lies on disk.</summary>
internal enum PackageLayout
{
    /// <summary>A <c>.mlmodel</c> file.</summary>
    File,
    /// <summary>A <c>.mlpackage</c> folder with <c>Manifest.json</c>.</summary>
    Package,
    /// <summary>A compiled <c>.mlmodelc</c> folder.</summary>
    Compiled,
}

/// <summary>The files of a model: mapped while it is open, none outside it.</summary>
internal sealed class CoreMLPackage : IDisposable
{
    /// <summary>Names that the folder of a compiled model holds at its top.</summary>
    private static readonly string[] CompiledFiles = [Compiled.Data, Compiled.Program, Compiled.Network, Compiled.Metadata];

    // What a path in a program starts with, where it means the folder of the model file.
    private const string ModelFolder = "@model_path/";

    private readonly List<TensorStorage> _mapped = [];
    private readonly Dictionary<string, BlobFile> _blobs = new(StringComparer.Ordinal);
    private readonly List<CoreMLPackage> _members = [];
    private ZippedPackage? _zip;

    private CoreMLPackage(string path, PackageLayout layout, string modelFile) => (Root, Layout, ModelFile) = (path, layout, modelFile);

    /// <summary>The path that was opened.</summary>
    public string Root { get; }

    public PackageLayout Layout { get; }

    /// <summary>The file with the <c>Model</c> message; of a compiled model, its folder.</summary>
    public string ModelFile { get; }

    /// <summary>Names of the files of a compiled model.</summary>
    public static class Compiled
    {
        public const string Data = "coremldata.bin";
        public const string Program = "model.mil";
        public const string Network = "model.espresso.net";
        public const string Metadata = "metadata.json";
    }

    /// <summary>True if a folder has the layout of a compiled model.</summary>
    public static bool IsCompiled(string folder) => CompiledFiles.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>True for the name of a file that makes the folder around it a package.</summary>
    public static bool IsMark(string name) => name == PackageManifest.FileName || CompiledFiles.Contains(name);

    /// <summary>Opens a file or folder.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The folder is no package, or its manifest is broken.</exception>
    public static CoreMLPackage Open(string path, LoadLimits limits)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (File.Exists(path)) return IsZip(path) ? OpenZip(path, limits) : new(path, PackageLayout.File, path);
        if (!Directory.Exists(path)) throw new FileNotFoundException($"There is no model at '{path}'.", path);
        // A compiled folder may carry a manifest of another kind.
        if (IsCompiled(path)) return new(path, PackageLayout.Compiled, path);
        if (File.Exists(Path.Combine(path, PackageManifest.FileName)))
        {
            ContainedPath.Resolve(path, "", PackageManifest.FileName, path, null);
            string model = PackageManifest.RootModel(path, limits);
            return new(path, PackageLayout.Package, ContainedPath.Resolve(path, "", model, Path.Combine(path, PackageManifest.FileName), null));
        }
        throw new ModelFormatException(path, $"Expected {PackageManifest.FileName}, or one of {string.Join(", ", CompiledFiles)}, found neither.");
    }

    private static bool IsZip(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        Span<byte> start = stackalloc byte[4];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && ZippedPackage.IsZip(start);
    }

    private static CoreMLPackage OpenZip(string path, LoadLimits limits)
    {
        ZippedPackage zip = ZippedPackage.Extract(path, limits);
        try
        {
            CoreMLPackage package = Open(zip.Root, limits);
            package._zip = zip;
            return package;
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <summary>True if a compiled model holds a file of this name.</summary>
    public bool Has(string name) => File.Exists(Path.Combine(Root, name));

    /// <summary>Maps a file of a compiled model.</summary>
    /// <exception cref="ModelFormatException">It is missing, or a link that leaves the folder.</exception>
    public TensorStorage Map(string name)
    {
        string file = ContainedPath.Resolve(Root, "", name, Root, name);
        if (!File.Exists(file)) throw new ModelFormatException(Root, $"Expected the file '{name}', found none.", field: name);
        return MapFile(file);
    }

    /// <summary>Maps the file with the <c>Model</c> message.</summary>
    public TensorStorage MapModel()
    {
        if (!File.Exists(ModelFile)) throw new ModelFormatException(Root, $"Expected the model file '{ModelFile}', which the manifest names, found none.");
        return MapFile(ModelFile);
    }

    /// <summary>The folder of a pipeline's member in a compiled model.</summary>
    public CoreMLPackage Member(string name)
    {
        string folder = ContainedPath.Resolve(Root, "", name, Root, name);
        if (!Directory.Exists(folder)) throw new ModelFormatException(Root, $"Expected the folder '{name}' of a pipeline's member, found none.", field: name);
        if (!IsCompiled(folder)) throw new ModelFormatException(folder, $"Expected one of {string.Join(", ", CompiledFiles)}, found none.");
        CoreMLPackage member = new(folder, PackageLayout.Compiled, folder);
        _members.Add(member);
        return member;
    }

    /// <summary>The weights file that a program names, such as <c>@model_path/weights/weight.bin</c>.</summary>
    /// <param name="name">The name in the program.</param>
    /// <param name="file">File of the program, for errors.</param>
    /// <param name="field">Place in it, for errors.</param>
    /// <exception cref="ModelFormatException">The name leaves the package, or no such file is there.</exception>
    public BlobFile Blob(string name, string file, string? field)
    {
        if (_blobs.TryGetValue(name, out BlobFile? known)) return known;
        if (Layout == PackageLayout.File)
            throw new ModelFormatException(file, $"The weights are in '{name}', and a single file has none beside it.", field: field) { Remedy = "Open the .mlpackage folder that the file belongs to." };
        string folder = Layout == PackageLayout.Package ? Path.GetRelativePath(Root, Path.GetDirectoryName(ModelFile)!) : "";
        string relative = name.StartsWith(ModelFolder, StringComparison.Ordinal) ? name[ModelFolder.Length..] : name;
        string path = ContainedPath.Resolve(Root, folder, relative, file, field);
        if (!File.Exists(path)) throw new ModelFormatException(file, $"Expected the weights file '{name}', found none.", field: field);
        BlobFile blob = BlobFile.Open(name, path);
        _blobs.Add(name, blob);
        return blob;
    }

    private TensorStorage MapFile(string file)
    {
        TensorStorage storage = MappedStorage.Open(file);
        _mapped.Add(storage);
        return storage;
    }

    /// <summary>Lets go of the files. Tensors that view them keep them.</summary>
    public void Dispose()
    {
        foreach (TensorStorage storage in _mapped) storage.Release();
        _mapped.Clear();
        foreach (BlobFile blob in _blobs.Values) blob.Dispose();
        _blobs.Clear();
        foreach (CoreMLPackage member in _members) member.Dispose();
        _members.Clear();
        _zip?.Dispose();
        _zip = null;
    }
}
