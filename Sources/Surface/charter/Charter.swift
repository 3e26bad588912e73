@main
enum Charter {
    static func main() {}
}
