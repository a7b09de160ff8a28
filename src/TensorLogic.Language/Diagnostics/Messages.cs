namespace TensorLogic.Language.Diagnostics;

/// <summary>Every message of the language, by code (16.4): what a reader of an error can meet, in one place.</summary>
internal static class Messages
{
    // TL0: the source.
    public static Message ScriptNotFound(string name) => new("TL0001", $"script '{name}' not found");
    public static Message InvalidUtf8() => new("TL0002", "the source is not valid UTF-8");
    public static Message SourceTooLarge(int limit) => new("TL0003", $"the source is larger than {limit} bytes");
    public static Message TooDeep(int limit) => new("TL0004", $"the source is nested deeper than {limit} levels");

    // TL1: tokens and grammar.
    public static Message UnexpectedCharacter(string character) => new("TL1001", $"unexpected character '{character}'");
    public static Message StringNotClosed() => new("TL1002", "string is not closed", "end it with \" on the same line");
    public static Message CommentNotClosed() => new("TL1003", "comment is not closed", "end it with */");
    public static Message InvalidNumber(string text) => new("TL1004", $"invalid number '{text}'");
    public static Message IntegerTooLarge(string text) => new("TL1004", $"integer literal '{text}' does not fit in 64 bits");
    public static Message UnknownEscape(string text) => new("TL1005", $"unknown escape '{text}'", "use \\n \\t \\r \\0 \\\\ \\\" or \\u{hex}");
    public static Message Expected(string what, string found) => new("TL1010", $"expected {what}, found {found}");
    public static Message ExpectedExpression(string found) => new("TL1011", $"expected an expression, found {found}");
    public static Message NotAssignable() => new("TL1011", "the left side of an assignment must be a name, an element or a field");
    public static Message CaretIsNoOperator() => new("TL1013", "'^' is not an operator", "write ** for a power");
    public static Message NotClosed(string bracket) => new("TL1014", $"'{bracket}' is not closed");
    public static Message ClosesNothing(string bracket) => new("TL1014", $"'{bracket}' closes nothing");
    public static Message ClosedByOther(string open, int line, string close) => new("TL1014", $"'{open}' of line {line} is closed by '{close}'");

    // TL2: names, before the run.
    public static Message UnknownName(string name, string? hint) => new("TL2001", $"unknown name '{name}'", hint);
    public static string DidYouMean(string name) => $"did you mean '{name}'?";
    public static string GetsItsValueLater(string name) => $"'{name}' gets its value further down";
    public static Message ArgumentGivenTwice(string name) => new("TL2012", $"argument '{name}' is given twice");

    // TL3: types and shapes, during the run.
    public static Message MinusNotDefined(string type) => new("TL3001", $"'-' is not defined for {type}");
    public static Message CannotBeIndexed(string type) => new("TL3001", $"{type} cannot be indexed");
    public static Message KeyIsNoString(string type) => new("TL3001", $"a record key is a string, not {type}");
    public static Message ListSubscripts(int given) => new("TL3006", $"a list takes 1 subscript, {given} given");
    public static Message NeedsArgument(string function, string parameter) => new("TL3007", $"'{function}' needs argument '{parameter}'");
    public static Message TakesArguments(string function, int count, int given) => new("TL3007", $"'{function}' takes {count} arguments, {given} given");
    public static Message NoParameter(string function, string parameter) => new("TL3007", $"'{function}' has no parameter '{parameter}'");
    public static Message ArgumentTwice(string parameter, string function) => new("TL3007", $"argument '{parameter}' of '{function}' is given twice");
    public static Message InputShape(string name, string type, object shape) => new("TL3008", $"input '{name}' is declared {type} but the value has shape {shape}");
    public static Message Expects(string function, string what, string type) => new("TL3010", $"'{function}' expects {what}, got {type}");
    public static Message IndexMustBeInt(string type) => new("TL3010", $"an index must be an int, not {type}");
    public static Message NotAFunction(string type) => new("TL3014", $"{type} is not a function");
    public static Message NoField(string type, string name) => new("TL3015", $"{type} has no field '{name}'");
    public static Message NoFieldOrFunction(string type, string name) => new("TL3015", $"{type} has no field or function '{name}'");

    // TL4: values, during the run.
    public static Message NoValueYet(string name) => new("TL4001", $"'{name}' has no value yet");
    public static Message IndexOutOfRange(long index, int length) => new("TL4002", $"index {index} is out of range for length {length}");
    public static Message KeyNotInRecord(string key) => new("TL4004", $"key '{key}' is not in the record");
    public static Message TensorNotInModel(string name) => new("TL4004", $"tensor '{name}' is not in the model");
    public static Message IntegerOverflow() => new("TL4007", "integer overflow");
    public static Message UnknownDevice(string text) => new("TL4010", $"unknown device {text}");

    // TL5: files, models and what is not there.
    public static Message FileNotFound(string path) => new("TL5001", $"file '{path}' not found");
    public static Message LeavesFileRoot(string path) => new("TL5002", $"path '{path}' leaves the file root");
    public static Message NotAValidFile(string path, string format) => new("TL5003", $"'{path}' is not a valid {format} file");
    public static Message FormatNotRecognised(string path, string? hint) => new("TL5004", $"the format of '{path}' is not recognised", hint);
    public static string ModelFormats => "formats are Core ML, SafeTensors and GGUF";
    public static string ImageFormats => "formats are PNG and JPEG with 8 bits per channel";
    public static Message NotAvailable(string what) => new("TL5005", $"'{what}' is not available");
    public static Message OperationNotSupported(string operation) => new("TL5005", $"operation '{operation}' is not supported");
    public static Message InputMissing(string name) => new("TL5008", $"input '{name}' is missing");
    public static Message NoModelInput(string name) => new("TL5008", $"the model has no input '{name}'");

    // TL6: limits.
    public static Message StepLimit(long limit) => new("TL6001", $"step limit of {limit} exceeded");
    public static Message TimeLimit(long milliseconds) => new("TL6002", $"time limit of {milliseconds} ms exceeded");
    public static Message MemoryLimit(long limit) => new("TL6003", $"memory limit of {limit} bytes exceeded");
    public static Message OutputLimit(long limit) => new("TL6005", $"output limit of {limit} bytes exceeded");
    public static Message Cancelled() => new("TL6006", "the run was cancelled");

    // TL7, TL9: the host and ourselves.
    public static Message HostFailed(string name, string problem) => new("TL7001", $"host function '{name}' failed: {problem}");
    public static Message Internal(string problem) => new("TL9001", $"internal error: {problem}");
}
