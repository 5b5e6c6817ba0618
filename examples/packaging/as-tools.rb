# as-tools.rb - Homebrew's formula.  On Linux alone: profiles are found by
# /proc, and as-loop takes GNU's date.
class AsTools < Formula
  desc "Autoscaler as a Unix pipeline"
  homepage "https://as-tools.example"
  url "https://as-tools.example/as-tools-0.1.0.tar.gz"
  license "MIT"

  depends_on "pkgconf" => :build
  depends_on "curl"
  depends_on "jq"
  depends_on :linux

  def install
    system "make", "install", "V=1", "PREFIX=#{prefix}",
           "CFLAGS=#{ENV.cflags} -O2 -flto=auto"
  end

  test do
    (testpath/"sample").write "2026-11-23T17:41:00Z web 10 cpu=0.95\n"
    assert_match "web 12 from=10 why=target",
                 shell_output("#{bin}/as-decide #{testpath}/sample")
  end
end
