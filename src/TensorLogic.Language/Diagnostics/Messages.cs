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

    public static Message ComparisonsDoNotChain() => new("TL1012", "comparisons do not chain", "join them with and");
    public static Message OnlyArithmetic() => new("TL1011", "only arithmetic and standard functions can stand here");
    public static Message NotPartOfLanguage(string word) => new("TL1015", $"'{word}' is not part of this language", ForeignWords.GetValueOrDefault(word));
    public static Message PythonNotAvailable() => new("TL1016", "Python is not available here", "bind a host function with Engine.Define, or use the standard library");
    public static Message OutsideLoop(string word) => new("TL1017", $"'{word}' outside a loop");
    public static Message ReturnOutsideFunction() => new("TL1018", "'return' outside a function");
    public static Message UpperCaseFunction(string name) => new("TL1019", $"function name '{name}' must not begin with an upper-case letter", "upper-case names followed by ( are relations");
    public static Message LowerCaseRelation(string name) => new("TL1020", $"relation name '{name}' must begin with an upper-case letter");

    /// <summary>Words of other languages that people try, with what to use instead.</summary>
    public static IReadOnlyDictionary<string, string> ForeignWords { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["struct"] = "use a record: { x: 1.0, y: 2.0 }",
        ["impl"] = "use functions: fn area(shape) => shape.w * shape.h",
        ["trait"] = "pass functions as values",
        ["class"] = "use a record and functions",
        ["match"] = "use if and else if",
        ["with"] = "use a block",
        ["bench"] = "measure with the benchmarks of the host",
        ["try"] = "check before you act, or let the host handle the error",
        ["panic"] = "use fail(message)",
        ["gradient"] = "use learn, or grad(y, w)",
    };

    // TL2: names, before the run.
    public static Message UnknownName(string name, string? hint) => new("TL2001", $"unknown name '{name}'", hint);
    public static Message UnknownRelation(string name, string? hint) => new("TL2001", $"unknown relation '{name}'", hint);
    public static string DidYouMean(string name) => $"did you mean '{name}'?";
    public static string GetsItsValueLater(string name) => $"'{name}' gets its value further down";
    public static Message ParameterTwice(string name) => new("TL2003", $"parameter '{name}' is declared twice");
    public static Message ProductNeedsStar() => new("TL2004", "a product needs * outside an equation", "juxtaposition multiplies only in tensor equations");
    public static Message Unbound(string name) => new("TL2005", $"variable '{name}' is not bound by a positive atom");
    public static Message NotStratified(string relation) => new("TL2006", $"relation '{relation}' depends on its own negation or aggregate", "rules must be stratified");
    public static Message ImportCycle(string file) => new("TL2007", $"import cycle through '{file}'");
    public static Message FactVariable(string name) => new("TL2009", $"a fact cannot contain the variable '{name}'", $"write \"{name}\" for a constant or ({name}) for the value of a variable");
    public static Message FactAggregate() => new("TL2009", "a fact cannot contain an aggregate");
    public static Message UnknownSetting(string name) => new("TL2011", $"unknown setting '{name}' in learn", "settings are objective, optimizer, epochs, scheduler, params");
    public static Message MissingSetting(string name) => new("TL2011", $"learn has no '{name}'");
    public static Message ArgumentGivenTwice(string name) => new("TL2012", $"argument '{name}' is given twice");
    public static Message SettingTwice(string name) => new("TL2012", $"setting '{name}' is given twice");
    public static Message CannotBeAppliedIndexed(string function) => new("TL2013", $"'{function}' cannot be applied to an indexed operand", "only elementwise functions and the normalising functions can");
    public static Message SliceInEquation() => new("TL2013", "a slice cannot stand in an equation");
    public static Message FormCannotStand() => new("TL2013", "this form cannot stand in an equation");
    public static Message OperatorInEquation(string op) => new("TL2014", $"'{op}' cannot be used in an equation", "use =, +=, max=, min=, mean= or prod=");
    public static Message UnknownType(string name) => new("TL2015", $"unknown type '{name}'", "dtypes are f16 bf16 f32 f64 i8 i16 i32 i64 u8 bool");
    public static Message IndexOutsideEquation(string name) => new("TL2016", $"index '{name}' is used outside an equation");
    public static Message MarksOutsideEquation() => new("TL2016", "index marks are used outside an equation");
    public static Message RelationCalled(string name) => new("TL2017", $"relation '{name}' cannot be called in an expression", "ask with query, or use it in an equation");
    public static Message NeedsMarkedIndex(string function) => new("TL2018", $"'{function}' needs a marked index");
    public static Message OnlyOneMark() => new("TL2018", "only one index can be marked");
    public static Message VirtualForm() => new("TL2018", "a virtual index has the form *t or *t+1");
    public static Message RunsBothWays(string index) => new("TL2019", $"index '{index}' runs both ways");

    // TL3: types and shapes, during the run.
    public static Message NotDefined(string op, string left, string right, bool withString) => new("TL3001", $"'{op}' is not defined for {left} and {right}", withString ? "use str(x) to make a string" : null);
    public static Message MinusNotDefined(string type) => new("TL3001", $"'-' is not defined for {type}");
    public static Message CannotBeIndexed(string type) => new("TL3001", $"{type} cannot be indexed");
    public static Message KeyIsNoString(string type) => new("TL3001", $"a record key is a string, not {type}");
    public static Message ArgumentMustBeInt(string argument, string function) => new("TL3001", $"argument '{argument}' of '{function}' must be an int");
    public static Message ArgumentMustBe(int argument, string relation, string what) => new("TL3001", $"argument {argument} of '{relation}' must be {what}");
    public static Message NeedsNumbers(string function) => new("TL3001", $"'{function}' needs numbers");
    public static Message NeedsBoolTensors(string op) => new("TL3001", $"'{op}' needs bool tensors");
    public static Message DoNotBroadcast(Shape left, Shape right) => new("TL3002", $"shapes {left} and {right} do not broadcast");
    public static Message CannotBeJoined(Shape left, Shape right, int axis) => new("TL3002", $"shapes {left} and {right} cannot be joined along axis {axis}");
    public static Message ShapesDifferInStack(Shape left, Shape right) => new("TL3002", $"shapes {left} and {right} differ in stack");
    public static Message DoesNotFitSelection(string shape) => new("TL3002", $"shape {shape} does not fit the selected elements");
    public static Message CannotJoin(string op, Shape left, Shape right, string reason) => new("TL3003", $"'{op}' cannot join {left} and {right}: {reason}");
    public static Message LinearMisfit(Shape input, Shape weight) => new("TL3003", $"linear: input {input} does not fit weight {weight}");
    public static Message ConvMisfit(string function, string problem) => new("TL3003", $"{function}: {problem}");
    public static Message IndexSizesDiffer(string index, long first, string firstTensor, long second, string secondTensor) => new("TL3004", $"index '{index}' has size {first} in '{firstTensor}' and {second} in '{secondTensor}'");
    public static Message ShapeOfEquation(string name, Shape shape, Shape given) => new("TL3004", $"'{name}' has shape {shape}, this equation gives {given}");
    public static Message AxisOutOfRange(long axis, int axes) => new("TL3005", $"axis {axis} is out of range for {axes} axes");
    public static Message NotAnOrder(string order, int axes) => new("TL3005", $"{order} is not an order of {axes} axes");
    public static Message AxisNotOne(int axis, int size) => new("TL3005", $"axis {axis} has size {size}, not 1");
    public static Message SubscriptsGiven(string name, int axes, int given) => new("TL3006", $"'{name}' has {axes} axes, {given} subscripts given");
    public static Message TensorSubscripts(int axes, int given) => new("TL3006", $"the tensor has {axes} axes, {given} subscripts given");
    public static Message TakesOneSubscript(string type, int given) => new("TL3006", $"a {type} takes 1 subscript, {given} given");
    public static Message StandsWithoutSubscripts(Shape shape) => new("TL3006", $"a tensor of shape {shape} stands without subscripts in an equation");
    public static Message NeedsAxes(string function, int axes, Shape shape) => new("TL3006", $"'{function}' needs {axes} axes, got shape {shape}");
    public static Message NeedsArgument(string function, string parameter) => new("TL3007", $"'{function}' needs argument '{parameter}'");
    public static Message TakesArguments(string function, int count, int given) => new("TL3007", $"'{function}' takes {count} arguments, {given} given");
    public static Message NoParameter(string function, string parameter) => new("TL3007", $"'{function}' has no parameter '{parameter}'");
    public static Message ArgumentTwice(string parameter, string function) => new("TL3007", $"argument '{parameter}' of '{function}' is given twice");
    public static Message DeclaredButHasShape(string name, string type, Shape shape) => new("TL3008", $"'{name}' is declared {type} but the value has shape {shape}");
    public static Message DeclaredButIs(string name, string type, string value) => new("TL3008", $"'{name}' is declared {type} but the value is {value}");
    public static Message ShapeOfLearnable(string name, Shape shape, Shape given) => new("TL3008", $"'{name}' has shape {shape} but the value has shape {given}");
    public static Message InputShape(string name, string type, object shape) => new("TL3008", $"input '{name}' is declared {type} but the value has shape {shape}");
    public static Message RaggedList() => new("TL3009", "the rows of a list have different lengths");
    public static Message Expects(string function, string what, string type) => new("TL3010", $"'{function}' expects {what}, got {type}");
    public static Message IndexMustBeInt(string type) => new("TL3010", $"an index must be an int, not {type}");
    public static Message CannotIterate(string type) => new("TL3010", $"cannot iterate over {type}");
    public static Message NeedsPairs(string type) => new("TL3010", $"'for' expects pairs, got {type}");
    public static Message TensorCannotContain(string type) => new("TL3010", $"a tensor cannot contain {type}");
    public static Message RelationCannotContain(string type) => new("TL3010", $"a relation cannot contain {type}");
    public static Message ColumnIsNoAxis(string relation, string type) => new("TL3010", $"'{relation}' expects entity or int columns as axes, got {type}");
    public static Message CannotReshape(Shape from, string to) => new("TL3011", $"cannot reshape {from} to {to}");
    public static Message CannotSplit(int size, string parts) => new("TL3011", $"cannot split size {size} into {parts}");
    public static Message NeedsSquareMatrix(string function, Shape shape) => new("TL3011", $"'{function}' needs a square matrix, got {shape}");
    public static Message Einsum(string problem) => new("TL3012", $"einsum {problem}");
    public static Message ConditionMustBeBool(string type) => new("TL3013", $"a condition must be bool, not {type}");
    public static Message NotAFunction(string type) => new("TL3014", $"{type} is not a function");
    public static Message NoField(string type, string name) => new("TL3015", $"{type} has no field '{name}'");
    public static Message NoFieldOrFunction(string type, string name) => new("TL3015", $"{type} has no field or function '{name}'");
    public static Message NoSettableField(string type, string name) => new("TL3015", $"{type} has no settable field '{name}'");
    public static Message SizeOfIndexUnknown(string index) => new("TL3016", $"the size of index '{index}' is not known", $"declare it: index {index}: 4");
    public static Message SizeNotKnown(string size) => new("TL3016", $"size of '{size}' is not known");
    public static Message RelationArguments(string relation, int columns, int given) => new("TL3017", $"relation '{relation}' has {columns} arguments, {given} given");
    public static Message EquationNeedsTensor(string name, string type) => new("TL3018", $"'{name}' is {type}, an equation needs a tensor");
    public static Message CannotStandInEquation(string type) => new("TL3018", $"{type} cannot stand in an equation");

    // TL4: values, during the run.
    public static Message NoValueYet(string name) => new("TL4001", $"'{name}' has no value yet");
    public static Message IndexOutOfRange(long index, long length) => new("TL4002", $"index {index} is out of range for length {length}");
    public static Message DivisionByZero() => new("TL4003", "division by zero");
    public static Message KeyNotInRecord(string key) => new("TL4004", $"key '{key}' is not in the record");
    public static Message EntityNotKnown(string name) => new("TL4004", $"entity '{name}' is not known");
    public static Message TensorNotInModel(string name) => new("TL4004", $"tensor '{name}' is not in the model");
    public static Message AssertionFailed(string? message) => new("TL4005", message is null ? "assertion failed" : $"assertion failed: {message}");
    public static Message Failed(string message) => new("TL4006", message);
    public static Message IntegerOverflow() => new("TL4007", "integer overflow");
    public static Message Singular() => new("TL4008", "the matrix is singular");
    public static Message DoesNotDependOn(string name) => new("TL4009", $"the value does not depend on '{name}'");
    public static Message GradNeedsOneElement() => new("TL4009", "grad needs a tensor with one element");
    public static Message GradOfLearnables() => new("TL4009", "grad is taken with respect to learnable tensors");
    public static Message ObjectiveNotOneElement() => new("TL4009", "the objective must be a tensor with one element");
    public static Message ObjectiveIndependent() => new("TL4009", "the objective does not depend on a learnable tensor");
    public static Message OptimizerTakesLearnables() => new("TL4009", "an optimizer takes learnable tensors");
    public static Message NegativePower() => new("TL4010", "negative power of an integer");
    public static Message IsNotAn(string text, string type) => new("TL4010", $"{text} is not {(type is "int" ? "an" : "a")} {type}");
    public static Message StepMustBePositive() => new("TL4010", "a slice step must be positive");
    public static Message UnknownDevice(string text) => new("TL4010", $"unknown device {text}");
    public static Message NegativeSize(long size) => new("TL4010", $"{size} is not a size");
    public static Message StepIsZero() => new("TL4010", "a step must not be 0");
    public static Message EmptyTensor(string function) => new("TL4010", $"'{function}' of an empty tensor");
    public static Message EmptyRange(long low, long high) => new("TL4010", $"no integer lies from {low} up to {high}");
    public static Message NotDivisible(int size, int parts) => new("TL4010", $"{size} is not divisible by {parts}");
    public static Message MustBePositive(string name) => new("TL4010", $"'{name}' must be at least 1");
    public static Message NotJson(long line, long column) => new("TL4010", $"the text is not JSON at line {line}, byte {column}");
    public static Message HasNoJson(string number) => new("TL4010", $"{number} has no JSON form");
    public static Message NotAMember(string entity, string type) => new("TL4011", $"'{entity}' is not a member of entity type '{type}'");

    // TL5: files, models and what is not there.
    public static Message FileNotFound(string path) => new("TL5001", $"file '{path}' not found");
    public static Message LeavesFileRoot(string path) => new("TL5002", $"path '{path}' leaves the file root");
    public static Message NotAValidFile(string path, string format) => new("TL5003", $"'{path}' is not a valid {format} file");
    public static Message FormatNotRecognised(string path, string? hint) => new("TL5004", $"the format of '{path}' is not recognised", hint);
    public static string ModelFormats => "formats are Core ML, SafeTensors and GGUF";
    public static string ImageFormats => "formats are PNG and JPEG with 8 bits per channel";
    public static Message NotAvailable(string what) => new("TL5005", $"'{what}' is not available");
    public static Message OperationNotSupported(string operation) => new("TL5005", $"operation '{operation}' is not supported");
    public static Message CannotSaveTo(string path, string? hint) => new("TL5004", $"cannot save to '{path}'", hint);
    public static Message WritingNotAllowed() => new("TL5006", "writing files is not allowed", "set AllowWrite in the options or pass --allow-write");
    public static Message NoEnvironment() => new("TL5007", "environment variables are not available", "pass values through the engine globals");
    public static Message NoInput() => new("TL5007", "standard input is not available", "pass values through the engine globals");
    public static Message InputMissing(string name) => new("TL5008", $"input '{name}' is missing");
    public static Message NoModelInput(string name) => new("TL5008", $"the model has no input '{name}'");

    // TL6: limits.
    public static Message StepLimit(long limit) => new("TL6001", $"step limit of {limit} exceeded");
    public static Message TimeLimit(long milliseconds) => new("TL6002", $"time limit of {milliseconds} ms exceeded");
    public static Message MemoryLimit(long limit) => new("TL6003", $"memory limit of {limit} bytes exceeded");
    public static Message RecursionLimit(int limit) => new("TL6004", $"recursion limit of {limit} exceeded");
    public static Message OutputLimit(long limit) => new("TL6005", $"output limit of {limit} bytes exceeded");
    public static Message FactLimit(long limit) => new("TL6007", $"fact limit of {limit} exceeded");
    public static Message Cancelled() => new("TL6006", "the run was cancelled");

    // TL7, TL9: the host and ourselves.
    public static Message HostFailed(string name, string problem) => new("TL7001", $"host function '{name}' failed: {problem}");
    public static Message Internal(string problem) => new("TL9001", $"internal error: {problem}");
}
