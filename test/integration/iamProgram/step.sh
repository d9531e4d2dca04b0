echo "installed"
