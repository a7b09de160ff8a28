using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("TensorLogic.CoreML")]
[assembly: InternalsVisibleTo("TensorLogic.Metal")]
[assembly: InternalsVisibleTo("TensorLogic.Language")]
[assembly: InternalsVisibleTo("TensorLogic.CoreML.Tests")]
[assembly: InternalsVisibleTo("TensorLogic.Tool.Tests")]
[assembly: InternalsVisibleTo("TensorLogic.Metal.Tests")]
